# One image for every program; docker-compose.yml says which one a container runs.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Without scripts: no package runs code of its own while the image is made.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node_modules/.bin/tsc -p . \
 && node_modules/.bin/vite build --config dashboard/vite.config.ts \
 && rm -rf dist/tests dist/bench dist/embedded dist/gateway/testing \
 && find dist -name '*.test*.js*' -delete
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
# A container's own loopback reaches nobody; which ports are published is said where the container is started.
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
# The one folder a program writes to: where connections keeps raw deliveries, unless ARCHIVE_URL names S3. A volume on it is node's.
RUN mkdir /archive && chown node:node /archive
# Owned by root and run by another: the program cannot change its own code.
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/schema/supergraph.graphql ./schema/supergraph.graphql
COPY --from=build /app/schema/operations ./schema/operations
COPY --from=build /app/dist ./dist
USER node
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["dist/gateway/main.js"]
