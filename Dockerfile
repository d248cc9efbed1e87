# What all stages stand on, pinned to one release of Node.
FROM node:24.21.0-bookworm-slim AS base
WORKDIR /assay

FROM base AS build
COPY package.json package-lock.json .npmrc ./
# On its own, so that it is done again where the lock file changed and not where a source did.
RUN npm ci --no-audit --no-fund
COPY scripts scripts
COPY nest-cli.json tsconfig.json ./
COPY apps apps
COPY libs libs
RUN node node_modules/@nestjs/cli/bin/nest.js build api

FROM base AS dependencies
COPY package.json package-lock.json .npmrc ./
# The database is a server of its own here, so the embedded one (an optional package) stays out.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund

FROM base
ENV NODE_ENV=production
# Nothing is installed where it runs, so what could install is taken away.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-*
COPY --from=dependencies --chown=root:root /assay/node_modules node_modules
COPY --from=build --chown=root:root /assay/dist dist
COPY --chown=root:root package.json ./
# Where the keys of personal data lie unless ASSAY_DATA says otherwise: the one folder written to.
RUN install -d -o node -g node -m 0700 /assay/.assay
USER node
EXPOSE 3000
# Node itself is the first process: it obeys SIGTERM, which ends requests in order, and starts no others that it had to wait for.
STOPSIGNAL SIGTERM
CMD ["node", "--enable-source-maps", "dist/apps/api/src/main.js"]
