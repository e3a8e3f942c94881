# Dependencies are installed in one stage; the runtime stage carries no npm cache and runs as nobody
# special. The pinned Node comes with the dependencies, so the base image's own version only runs npm.
FROM node:22-bookworm-slim AS deps
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci && npm cache clean --force

FROM node:22-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=deps /app/node_modules ./node_modules
COPY package.json tsconfig.json ./
COPY core core
COPY sip sip
COPY media media
COPY routing routing
COPY callback callback
COPY api api
RUN mkdir data && chown node:node data
USER node
VOLUME /app/data
EXPOSE 5060/udp 5060/tcp 8080/tcp 20000-29999/udp 40000-40099/udp 40000-40099/tcp
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node_modules/.bin/node", "-e", "fetch('http://127.0.0.1:8080/readyz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node_modules/.bin/node", "api/main.ts"]
