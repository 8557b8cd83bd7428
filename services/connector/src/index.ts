export { type ConnectorSetup, readConnectorSetups, sharedVariables } from './connector-setups.ts'
export { unstoppedInWords } from './core/unstopped.ts'
export { type ConnectorExamination, canBlockOf, examineConnector, type Failed } from './examine-connector.ts'
export { startConnector } from './start-connector.ts'
