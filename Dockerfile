# Built whole in the first stage, served from the second without what only builds.
FROM node:24-bookworm-slim AS build
WORKDIR /assay
COPY package.json package-lock.json .npmrc ./
COPY scripts scripts
COPY nest-cli.json tsconfig.json ./
COPY apps apps
COPY libs libs
RUN npm run build
# The database is a server of its own here, so the embedded one (an optional package) stays out.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund && npm cache clean --force

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /assay
COPY --from=build --chown=root:root /assay/node_modules node_modules
COPY --from=build --chown=root:root /assay/dist dist
COPY --chown=root:root package.json ./
# Where the keys of personal data lie unless ASSAY_DATA says otherwise: the one folder written to.
RUN install -d -o node -g node -m 0700 /assay/.assay
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
CMD ["node", "--enable-source-maps", "dist/apps/api/src/main.js"]
