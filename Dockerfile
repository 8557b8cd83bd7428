# One image with every service and command of Drawbridge; the command of a container selects one.
# Node.js runs the TypeScript directly, so nothing is compiled but the page of the console. Reasons: docs/adr/0022-one-image.md.
#
# If npm needs another registry or a login: docker build --secret id=npmrc,src=$HOME/.npmrc -t drawbridge .
ARG NODE_IMAGE=node:24-bookworm-slim

# The production dependencies, exactly as in the lock file, without those for development and tests.
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
COPY libs/client/package.json libs/client/
COPY libs/contracts/package.json libs/contracts/
COPY libs/dev-stack/package.json libs/dev-stack/
COPY libs/history/package.json libs/history/
COPY libs/nats/package.json libs/nats/
COPY libs/risk-engine/package.json libs/risk-engine/
COPY libs/service-kit/package.json libs/service-kit/
COPY libs/settings/package.json libs/settings/
COPY libs/testing/package.json libs/testing/
COPY infra/migrations/package.json infra/migrations/
COPY scripts/package.json scripts/
COPY scripts/cli/package.json scripts/cli/
COPY services/console/package.json services/console/
COPY services/notifier/package.json services/notifier/
COPY services/persister/package.json services/persister/
COPY services/risk-guardian/package.json services/risk-guardian/
COPY services/trader/package.json services/trader/
# Without the links to their test dependencies, npm does not install them: containers and servers for tests stay out.
RUN npm pkg delete devDependencies --workspaces --include-workspace-root
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --omit=dev --ignore-scripts \
      -w services/console -w services/trader -w services/risk-guardian -w services/persister -w services/notifier \
      -w infra/migrations -w scripts -w scripts/cli

# The page of the console, built by packages that the image does not contain.
FROM ${NODE_IMAGE} AS page
WORKDIR /app
COPY package.json package-lock.json ./
COPY libs/contracts/package.json libs/contracts/
COPY libs/risk-engine/package.json libs/risk-engine/
COPY services/console/page/package.json services/console/page/
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --ignore-scripts -w services/console/page
COPY tsconfig.json ./
COPY libs/contracts libs/contracts
COPY libs/risk-engine libs/risk-engine
COPY services/console services/console
RUN node services/console/page/build.ts

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app ./
COPY libs libs
COPY infra/migrations infra/migrations
COPY presets presets
COPY services services
COPY --from=page /app/services/console/page/dist services/console/page/dist
COPY scripts scripts

# The image contains Node.js's compile cache, so that a container starts in half the time: each program is loaded once,
# as the user and with the flags that run it, and exits because of an invalid setting.
ENV NODE_COMPILE_CACHE=/app/node_modules/.cache
# The cache is per user: another user starts without it.
ARG SERVICES_UID=65532
RUN install -d -o "$SERVICES_UID" -g "$SERVICES_UID" "$NODE_COMPILE_CACHE"
USER ${SERVICES_UID}:${SERVICES_UID}
RUN for program in services/console services/trader services/risk-guardian \
      "--max-semi-space-size=16 --heap-growing-percent=100 services/persister" \
      "--max-semi-space-size=16 --heap-growing-percent=100 services/notifier" infra/migrations; do \
      LOG_LEVEL=none node $program/src/main.ts 2>/dev/null; [ $? = 2 ] || exit 1; \
    done; \
    node scripts/provision.ts --help >/dev/null

# Last, so that a new revision repeats no other step.
ARG NODE_IMAGE
ARG REVISION=""
LABEL org.opencontainers.image.title="Drawbridge" \
      org.opencontainers.image.description="An event-sourced risk guardian for automated trading" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.base.name="$NODE_IMAGE"

ENTRYPOINT ["node"]
