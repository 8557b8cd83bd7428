import type { Words } from './wording.ts'

const STAY = 'Open positions stay open: Drawbridge closes none.'

export const WORDS_EN: Words = {
  kinds: {
    breach: {
      title:
        '{{trader}}: {{rule}} {{#isProfit}}reached{{/isProfit}}{{^isProfit}}broken{{/isProfit}}{{#observedPct}} ({{observedPct}}){{/observedPct}}',
      text: `{{#isProfit}}Gained{{/isProfit}}{{^isProfit}}Lost{{/isProfit}} {{loss}} of {{base}} = {{observedPct}}; the limit is {{limitPct}}{{#line}}, its line {{line}}{{/line}}. Equity: {{equity}}.
{{#enforced}}New entries are blocked {{until}}.{{#isFlatten}} The limit asks to close all positions.{{/isFlatten}} ${STAY}{{/enforced}}{{^enforced}}Enforcement is off: it is recorded, and nothing is blocked.{{/enforced}}`,
    },
    warning: {
      title: '{{trader}}: {{rule}} at {{observedPct}} of {{limitPct}}',
      text: 'Equity: {{equity}}{{#line}}; the line of {{rule}} is {{line}}{{/line}}.{{#room}} {{room}} more may be lost until entries are blocked.{{/room}} Nothing is blocked yet.',
    },
    paused: {
      title: '{{trader}}: paused by {{by}}',
      text: `New entries are blocked {{until}}: {{reason}}. ${STAY}`,
    },
    resumed: {
      title:
        '{{trader}}: {{#stillHeld}}still paused{{/stillHeld}}{{#stillBlocked}}still blocked{{/stillBlocked}}{{#isAllowed}}resumed{{#isFirm}} before its time{{/isFirm}}{{/isAllowed}}',
      text: '{{^isAllowed}}Ended: {{holders}}{{/isAllowed}}{{#isAllowed}}Entries are allowed again{{#holders}} (ended: {{holders}}){{/holders}}{{/isAllowed}}{{#author}}, by {{author}}{{/author}}{{#reason}}: {{reason}}{{/reason}}.{{#isFirm}} An admin broke a firm hold.{{/isFirm}}{{#stillHeld}} New entries stay blocked by {{stillHeld}}.{{/stillHeld}}{{#stillBlocked}} New entries are still blocked: {{stillBlocked}}.{{/stillBlocked}}',
    },
    silent: {
      title: '{{trader}}: silent',
      text: `No equity has been reported since {{since}}{{#equity}}; the last one was {{equity}}{{/equity}}. New entries are blocked until it is reported again. ${STAY}`,
    },
    restored: {
      title: '{{trader}}: reports again',
      text: 'Equity is reported again, for the first time since {{since}}{{#equity}}: {{equity}}{{/equity}}.',
    },
    uncomputable: {
      title: '{{trader}}: {{rule}} cannot be computed',
      text: `{{reason}}. New entries are blocked until it can be computed. ${STAY}`,
    },
    computable: {
      title: '{{trader}}: {{rule}} can be computed again',
      text: 'It blocks entries no more for this reason.',
    },
    unconfirmed: {
      title: '{{trader}}: a reading is not believed yet',
      text: `The equity {{amount}} differs too much from {{equity}}. New entries are blocked until other readings agree. ${STAY}`,
    },
    rejected: {
      title: '{{trader}}: a reading was rejected',
      text: '{{reason}}. New entries are blocked until the next good reading.',
    },
    'out-of-order': {
      title: '{{trader}}: readings come late or twice',
      text: '{{count}} readings in a row came late or twice. New entries are blocked until one comes in order.',
    },
    'limits-changed': {
      title: '{{trader}}: limits changed',
      text: '{{by}} changed the limits{{#reason}}: {{reason}}{{/reason}}.',
    },
    'cash-flow': {
      title: '{{trader}}: cash flow of {{amount}}',
      text: '{{by}} recorded a cash flow of {{amount}}{{#reason}}: {{reason}}{{/reason}}. It is neither a loss nor a gain.',
    },
    restarted: {
      title: '{{trader}}: a new account period',
      text: '{{by}} began a new account period: {{reason}}. References, holds and counts start again.',
    },
    corrected: {
      title: '{{trader}}: corrected',
      text: '{{by}} corrected {{#rule}}the reference of {{rule}}{{/rule}}{{^rule}}the last reading{{/rule}}: {{reason}}.',
    },
    enforcement: {
      title: '{{trader}}: enforcement {{#enforced}}on{{/enforced}}{{^enforced}}off{{/enforced}}',
      text: '{{#enforced}}Limits block entries again.{{/enforced}}{{^enforced}}Limits block nothing until enforcement is switched on.{{/enforced}}',
    },
    fault: {
      title: '{{#trader}}{{trader}}: {{/trader}}fault of {{source}}',
      text: '{{#tasks}}It cannot {{tasks}}: {{/tasks}}{{#isUnheard}}Nothing has been heard of it since {{since}}: it does not run, or is cut off. {{/isUnheard}}{{#reason}}{{reason}}. {{/reason}}{{#advice}}To mend it: {{advice}}. {{/advice}}Look into the runbook, and acknowledge this when you take care of it.',
    },
    recovered: {
      title: '{{#trader}}{{trader}}: {{/trader}}{{source}} works again',
      text: 'The fault is over.',
    },
    test: { title: 'Drawbridge: a test', text: 'If you read this, the channel {{source}} works. Nothing happened.' },
  },
  forgotten: {
    title: '{{trader}}: {{#rule}}{{rule}}{{/rule}}{{^rule}}silence{{/rule}} is no longer known',
    text: 'The log of all decisions was lost, and the one that takes its place does not know this. It blocks entries no more; if it is still so, it is decided and told again.{{#stillHeld}} New entries stay blocked by {{stillHeld}}.{{/stillHeld}}{{#stillBlocked}} New entries are still blocked: {{stillBlocked}}.{{/stillBlocked}}',
  },
  rounds: {
    first: '',
    repeated: 'Still: ',
    escalated: 'Not acknowledged: ',
    again: 'Firing again: ',
    resolved: 'Over: ',
  },
  resume:
    'To resume: in the console, or npm run drawbridge -- resume {{trader}}{{#holder}} --holder {{holder}}{{/holder}} --reason "..."{{#isLimit}}; while the limit is still broken, only --rebase resumes, which forgives the loss{{/isLimit}}',
  resumeHere: 'Or here, if you may: /resume {{trader}}',
  link: 'Console: {{link}}',
  acknowledgeAt: 'Acknowledge: {{link}}',
  event: '{{#version}}Event {{version}}{{#trader}} of {{trader}}{{/trader}}, {{/version}}{{at}}',
  maybeTwice: 'This message may come twice: nobody knows whether the first one arrived.',
  digest: {
    title: '{{count}} messages, {{critical}} of them critical',
    more: '... and {{more}} more',
    blockedUntil: '; entries are blocked {{until}}',
    blocked: '; entries are blocked',
    event: '{{#version}}event {{version}}, {{/version}}{{at}}',
    acknowledge: 'Acknowledge: in the console, or npm run drawbridge -- notify --acknowledge TRADER',
    resume:
      'To resume: in the console, or npm run drawbridge -- resume TRADER --reason "..."; while a limit is still broken, only --rebase resumes, which forgives the loss',
  },
  tasks: {
    read: 'read the account',
    block: 'block entries there',
    unblock: 'allow entries there again',
    flatten: 'close positions there',
    forward: 'send an order on',
    'run-alone': 'run alone',
  },
  doubts: {
    unconfirmed: 'the last reading is not believed yet',
    'no-reading': 'no equity has been reported yet',
    closed: 'the market is closed',
    rejected: 'the last reading was rejected',
    'out-of-order': 'readings come late or twice',
    silent: 'no equity is reported',
    uncomputable: 'a limit cannot be computed',
  },
  stay: STAY,
  untilOperator: 'until an operator resumes',
  until: 'until {{time}}',
  somebody: 'Somebody',
  acknowledge: 'Acknowledge',
  acknowledged: 'Acknowledged by {{by}}: no more repetitions.',
  wasAcknowledged: 'Acknowledged by {{by}}, {{time}}.',
  wasQuiet: 'It began in the quiet hours, {{time}}.',
  isOver: 'It is over already.',
  hasNewer: 'There is a newer message of it: acknowledge that one.',
  resuming: {
    usage: 'Send /resume and the name of the trader, as /resume bot1.',
    notPaused: '{{trader}} is not paused: there is nothing to resume.',
    unknownTrader: 'No trader is called {{trader}}: nothing was ever reported of it. The console shows the names.',
    tooManyHolders: '{{trader}} is paused for too many reasons: resume it in the console.',
    tooOften: 'You have asked for too many codes. Wait ten minutes, or resume in the console.',
    code: '{{trader}} is paused by {{holders}}. To resume it, send within {{minutes}} minutes:\n/resume {{trader}} {{code}}',
    noCode:
      'There is no code for you and {{trader}} now: it was used, or its time is over. Send /resume {{trader}} for another one.',
    wrongCode: 'The code is wrong. Tries left: {{triesLeft}}.',
    changed:
      '{{trader}} is paused for other reasons than when you got the code. Nothing was resumed. Send /resume {{trader}} to see them.',
    resumed: '{{trader}} is resumed by {{by}}: entries are allowed again.',
    stillPaused: 'What you resumed is over, and {{trader}} is still paused by {{holders}}.',
    stillBlocked: 'What you resumed is over, and entries of {{trader}} are still blocked: {{doubt}}.',
    refused: '{{trader}} was not resumed: {{reason}}',
    refusedAll: '{{trader}} was not resumed: all traders are paused. Resume all of them in the console.',
    refusedFirm:
      '{{trader}} was not resumed: the hold of {{holders}} is firm. Only an admin ends it before its time, in the console.',
    refusedLimit:
      '{{trader}} was not resumed: a limit is still broken, or cannot be judged ({{limits}}). To forgive the loss and resume, use the console.',
    undecided: 'Nobody knows yet whether {{trader}} is resumed. Look at it in the console before you try again.',
    nobodyAnswers: 'No guardian answers. Nothing was resumed; try again.',
  },
}
