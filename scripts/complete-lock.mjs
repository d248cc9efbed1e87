// Adds lock entries for optional platform packages that the registry at hand did not serve, so that `npm ci`
// accepts the lock on every platform. Run it after each change of a dependency: node scripts/complete-lock.mjs
import fs from 'node:fs';

const OS = /darwin|win32|windows|freebsd|android|openharmony|linux|sunos|openbsd|netbsd|aix/;
const CPU = /arm64|aarch64|x64|ia32|arm(?!64)|ppc64|s390x|riscv64|loong64|mips64el|wasm32/;
const lock = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'));
let added = 0;
for (const [where, entry] of Object.entries({ ...lock.packages })) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const top = `node_modules/${name}`;
    if (lock.packages[`${where}/node_modules/${name}`] || lock.packages[top] || !/^\d/.test(version)) continue;
    const os = OS.exec(name)?.[0];
    if (os === undefined) continue;
    const cpu = CPU.exec(name)?.[0];
    lock.packages[top] = {
      version,
      ...(cpu ? { cpu: [cpu === 'aarch64' ? 'arm64' : cpu] } : {}),
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
      os: [os === 'windows' ? 'win32' : os],
    };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
fs.writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`added ${added} entries\n`);
