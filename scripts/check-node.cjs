// The first command says what it needs, on any Node.js: npm ci installs the one that runs everything into node_modules.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Node.js ${process.version} cannot run this: npm ci installs one that can into node_modules; run it without --ignore-scripts`,
  )
  process.exit(1)
}
