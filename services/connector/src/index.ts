export { type ConnectorSetup, readConnectorSetups } from './connector-setups.ts'
export { type ConnectorExamination, examineConnector, type Failed } from './examine-connector.ts'
export { startConnector } from './start-connector.ts'
