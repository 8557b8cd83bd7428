export { type ConnectorSetup, readConnectorSetups } from './connector-setups.ts'
export { startConnector } from './start-connector.ts'
