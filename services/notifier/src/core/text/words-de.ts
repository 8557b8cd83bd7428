import type { Words } from './wording.ts'

const STAY = 'Offene Positionen bleiben offen: Drawbridge schließt keine.'

export const WORDS_DE: Words = {
  kinds: {
    breach: {
      title:
        '{{trader}}: {{rule}} {{#isProfit}}erreicht{{/isProfit}}{{^isProfit}}gerissen{{/isProfit}}{{#observedPct}} ({{observedPct}}){{/observedPct}}',
      text: `{{#isProfit}}Gewinn{{/isProfit}}{{^isProfit}}Verlust{{/isProfit}} {{loss}} von {{base}} = {{observedPct}}; die Grenze ist {{limitPct}}{{#line}}, ihre Linie {{line}}{{/line}}. Equity: {{equity}}.
{{#enforced}}Neue Einstiege sind gesperrt, {{until}}.{{#isFlatten}} Die Grenze verlangt, alle Positionen zu schließen.{{/isFlatten}} ${STAY}{{/enforced}}{{^enforced}}Die Durchsetzung ist aus: es wird vermerkt, und nichts ist gesperrt.{{/enforced}}`,
    },
    warning: {
      title: '{{trader}}: {{rule}} bei {{observedPct}} von {{limitPct}}',
      text: 'Equity: {{equity}}{{#line}}; die Linie von {{rule}} ist {{line}}{{/line}}.{{#room}} Noch {{room}} dürfen verloren gehen, bis Einstiege gesperrt werden.{{/room}} Noch ist nichts gesperrt.',
    },
    paused: {
      title: '{{trader}}: angehalten von {{by}}',
      text: `Neue Einstiege sind gesperrt, {{until}}: {{reason}}. ${STAY}`,
    },
    resumed: {
      title:
        '{{trader}}: {{#stillHeld}}weiter angehalten{{/stillHeld}}{{#stillBlocked}}weiter gesperrt{{/stillBlocked}}{{#isAllowed}}fortgesetzt{{#isFirm}} vor der Zeit{{/isFirm}}{{/isAllowed}}',
      text: '{{^isAllowed}}Beendet: {{holders}}{{/isAllowed}}{{#isAllowed}}Einstiege sind wieder erlaubt{{#holders}} (beendet: {{holders}}){{/holders}}{{/isAllowed}}{{#author}}, von {{author}}{{/author}}{{#reason}}: {{reason}}{{/reason}}.{{#isFirm}} Ein Admin hat eine feste Sperre gebrochen.{{/isFirm}}{{#stillHeld}} Neue Einstiege bleiben gesperrt von {{stillHeld}}.{{/stillHeld}}{{#stillBlocked}} Neue Einstiege bleiben gesperrt: {{stillBlocked}}.{{/stillBlocked}}',
    },
    silent: {
      title: '{{trader}}: meldet sich nicht',
      text: `Seit {{since}} wurde keine Equity gemeldet{{#equity}}; die letzte war {{equity}}{{/equity}}. Neue Einstiege sind gesperrt, bis wieder gemeldet wird. ${STAY}`,
    },
    restored: {
      title: '{{trader}}: meldet sich wieder',
      text: 'Die Equity wird wieder gemeldet, zum ersten Mal seit {{since}}{{#equity}}: {{equity}}{{/equity}}.',
    },
    uncomputable: {
      title: '{{trader}}: {{rule}} ist nicht berechenbar',
      text: `{{reason}}. Neue Einstiege sind gesperrt, bis sie berechenbar ist. ${STAY}`,
    },
    computable: {
      title: '{{trader}}: {{rule}} ist wieder berechenbar',
      text: 'Aus diesem Grund sperrt sie keine Einstiege mehr.',
    },
    unconfirmed: {
      title: '{{trader}}: eine Meldung gilt noch nicht',
      text: `Die Equity {{amount}} weicht zu sehr von {{equity}} ab. Neue Einstiege sind gesperrt, bis andere Meldungen zustimmen. ${STAY}`,
    },
    rejected: {
      title: '{{trader}}: eine Meldung wurde abgelehnt',
      text: '{{reason}}. Neue Einstiege sind gesperrt bis zur nächsten guten Meldung.',
    },
    'out-of-order': {
      title: '{{trader}}: Meldungen kommen zu spät oder doppelt',
      text: '{{count}} Meldungen nacheinander kamen zu spät oder doppelt. Neue Einstiege sind gesperrt, bis eine in der Reihe kommt.',
    },
    'limits-changed': {
      title: '{{trader}}: Grenzen geändert',
      text: '{{by}} hat die Grenzen geändert{{#reason}}: {{reason}}{{/reason}}.',
    },
    'cash-flow': {
      title: '{{trader}}: Ein- oder Auszahlung von {{amount}}',
      text: '{{by}} hat eine Ein- oder Auszahlung von {{amount}} verbucht{{#reason}}: {{reason}}{{/reason}}. Sie ist weder Verlust noch Gewinn.',
    },
    restarted: {
      title: '{{trader}}: ein neuer Zeitraum des Kontos',
      text: '{{by}} hat einen neuen Zeitraum begonnen: {{reason}}. Bezugswerte, Sperren und Zähler beginnen neu.',
    },
    corrected: {
      title: '{{trader}}: berichtigt',
      text: '{{by}} hat {{#rule}}den Bezugswert von {{rule}}{{/rule}}{{^rule}}die letzte Meldung{{/rule}} berichtigt: {{reason}}.',
    },
    enforcement: {
      title: '{{trader}}: Durchsetzung {{#enforced}}an{{/enforced}}{{^enforced}}aus{{/enforced}}',
      text: '{{#enforced}}Grenzen sperren wieder Einstiege.{{/enforced}}{{^enforced}}Grenzen sperren nichts, bis die Durchsetzung wieder an ist.{{/enforced}}',
    },
    fault: {
      title: '{{#trader}}{{trader}}: {{/trader}}Störung von {{source}}',
      text: '{{#tasks}}Nicht möglich: {{tasks}}. {{/tasks}}{{#isUnheard}}Seit {{since}} ist nichts davon zu hören: es läuft nicht, oder ist abgeschnitten. {{/isUnheard}}{{#reason}}{{reason}}. {{/reason}}{{#advice}}Abhilfe: {{advice}}. {{/advice}}Das Runbook sagt, was zu tun ist; bestätige dies, wenn du dich darum kümmerst.',
    },
    recovered: {
      title: '{{#trader}}{{trader}}: {{/trader}}{{source}} funktioniert wieder',
      text: 'Die Störung ist vorbei.',
    },
    test: {
      title: 'Drawbridge: ein Test',
      text: 'Wenn du das liest, funktioniert der Kanal {{source}}. Es ist nichts geschehen.',
    },
  },
  forgotten: {
    title: '{{trader}}: {{#rule}}{{rule}}{{/rule}}{{^rule}}die Stille{{/rule}} ist nicht mehr bekannt',
    text: 'Das Log aller Entscheidungen ging verloren, und das neue kennt dies nicht. Es sperrt keine Einstiege mehr; ist es noch so, wird es neu entschieden und gemeldet.{{#stillHeld}} Neue Einstiege bleiben gesperrt von {{stillHeld}}.{{/stillHeld}}{{#stillBlocked}} Neue Einstiege bleiben gesperrt: {{stillBlocked}}.{{/stillBlocked}}',
  },
  rounds: {
    first: '',
    repeated: 'Weiterhin: ',
    escalated: 'Nicht bestätigt: ',
    again: 'Schlägt wieder an: ',
    resolved: 'Vorbei: ',
  },
  resume:
    'Fortsetzen: in der Konsole, oder npm run drawbridge -- resume {{trader}}{{#holder}} --holder {{holder}}{{/holder}} --reason "..."{{#isLimit}}; solange die Grenze noch gerissen ist, nur mit --rebase, das den Verlust vergibt{{/isLimit}}',
  resumeHere: 'Oder hier, wenn du darfst: /resume {{trader}}',
  link: 'Konsole: {{link}}',
  acknowledgeAt: 'Bestätigen: {{link}}',
  event: '{{#version}}Ereignis {{version}}{{#trader}} von {{trader}}{{/trader}}, {{/version}}{{at}}',
  maybeTwice: 'Diese Nachricht kommt vielleicht doppelt: niemand weiß, ob die erste ankam.',
  digest: {
    title: '{{count}} Nachrichten, davon {{critical}} kritisch',
    more: '... und {{more}} weitere',
    blockedUntil: '; Einstiege sind gesperrt, {{until}}',
    blocked: '; Einstiege sind gesperrt',
    event: '{{#version}}Ereignis {{version}}, {{/version}}{{at}}',
    acknowledge: 'Bestätigen: in der Konsole, oder npm run drawbridge -- notify --acknowledge TRADER',
    resume:
      'Fortsetzen: in der Konsole, oder npm run drawbridge -- resume TRADER --reason "..."; solange eine Grenze noch gerissen ist, nur mit --rebase, das den Verlust vergibt',
  },
  tasks: {
    read: 'das Konto lesen',
    block: 'dort Einstiege sperren',
    unblock: 'dort Einstiege wieder erlauben',
    flatten: 'dort Positionen schließen',
    forward: 'eine Order weiterleiten',
    'run-alone': 'allein laufen',
  },
  doubts: {
    unconfirmed: 'die letzte Meldung gilt noch nicht',
    'no-reading': 'noch wurde keine Equity gemeldet',
    closed: 'der Markt ist geschlossen',
    rejected: 'die letzte Meldung wurde abgelehnt',
    'out-of-order': 'Meldungen kommen zu spät oder doppelt',
    silent: 'es wird keine Equity gemeldet',
    uncomputable: 'eine Grenze ist nicht berechenbar',
  },
  stay: STAY,
  untilOperator: 'bis jemand sie freigibt',
  until: 'bis {{time}}',
  somebody: 'Jemand',
  acknowledge: 'Bestätigen',
  acknowledged: 'Bestätigt von {{by}}: keine Wiederholungen mehr.',
  wasAcknowledged: 'Bestätigt von {{by}}, {{time}}.',
  wasQuiet: 'Es begann in der Ruhezeit, {{time}}.',
  isOver: 'Das ist schon vorbei.',
  hasNewer: 'Davon gibt es eine neuere Nachricht: bestätige diese.',
  resuming: {
    usage: 'Sende /resume und den Namen des Traders, wie /resume bot1.',
    notPaused: '{{trader}} ist nicht angehalten: es gibt nichts fortzusetzen.',
    unknownTrader: 'Kein Trader heißt {{trader}}: nie wurde etwas von ihm gemeldet. Die Konsole zeigt die Namen.',
    tooManyHolders: '{{trader}} ist aus zu vielen Gründen angehalten: setze in der Konsole fort.',
    tooOften: 'Du hast zu viele Codes verlangt. Warte zehn Minuten, oder setze in der Konsole fort.',
    code: '{{trader}} ist angehalten von {{holders}}. Zum Fortsetzen sende innerhalb von {{minutes}} Minuten:\n/resume {{trader}} {{code}}',
    noCode:
      'Es gibt jetzt keinen Code für dich und {{trader}}: er wurde benutzt, oder seine Zeit ist vorbei. Sende /resume {{trader}} für einen neuen.',
    wrongCode: 'Der Code ist falsch. Versuche, die bleiben: {{triesLeft}}.',
    changed:
      '{{trader}} ist aus anderen Gründen angehalten als zur Zeit des Codes. Nichts wurde fortgesetzt. Sende /resume {{trader}}, um sie zu sehen.',
    resumed: '{{trader}} ist fortgesetzt von {{by}}: Einstiege sind wieder erlaubt.',
    stillPaused: 'Was du fortgesetzt hast, ist vorbei, und {{trader}} ist noch angehalten von {{holders}}.',
    stillBlocked: 'Was du fortgesetzt hast, ist vorbei, und Einstiege von {{trader}} sind noch gesperrt: {{doubt}}.',
    refused: '{{trader}} wurde nicht fortgesetzt: {{reason}}',
    refusedAll: '{{trader}} wurde nicht fortgesetzt: alle Trader sind angehalten. Setze alle in der Konsole fort.',
    refusedFirm:
      '{{trader}} wurde nicht fortgesetzt: die Sperre von {{holders}} ist fest. Nur ein Admin beendet sie vor der Zeit, in der Konsole.',
    refusedLimit:
      '{{trader}} wurde nicht fortgesetzt: eine Grenze ist noch gerissen oder nicht berechenbar ({{limits}}). Um den Verlust zu vergeben und fortzusetzen, nutze die Konsole.',
    undecided:
      'Noch weiß niemand, ob {{trader}} fortgesetzt ist. Sieh in der Konsole nach, bevor du es noch einmal versuchst.',
    nobodyAnswers: 'Kein Wächter antwortet. Nichts wurde fortgesetzt; versuche es noch einmal.',
  },
}
