import { DocumentedLimits } from '@drawbridge/contracts'
import Type from 'typebox'

export const presetsAnswer = {
  200: Type.Object({
    presets: Type.Array(
      Type.Object({
        name: Type.String(),
        title: Type.String(),
        about: Type.String(),
        exampleBalance: Type.Number({ description: 'the balance of the account that it is made for' }),
        limits: Type.Object(DocumentedLimits.properties, { description: 'limits as settings write them' }),
      }),
    ),
  }),
}
