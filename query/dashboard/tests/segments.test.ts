import assert from 'node:assert/strict';
import test from 'node:test';
import { ApiError } from '../src/api/error';
import { createTranslator } from '../src/i18n/translate';
import type { FunnelChoices } from '../src/pages/funnels/question';
import { ruleOfFunnel } from '../src/pages/funnels/rule';
import { examples, recentOf, without } from '../src/pages/segments/proposals';
import { askedOf, draftOf, placeOf } from '../src/segments/asked';
import { added, changedRow, grouped, joinedBy, removed } from '../src/segments/edit';
import { eventOf } from '../src/segments/event-of';
import { sinceMade } from '../src/segments/history';
import { builderPath } from '../src/segments/link';
import { readIds } from '../src/segments/people-ids';
import { isComplete, newRow, rowAs, rowTypes, ruleOf, type Row, type Rule } from '../src/segments/rule';
import { tell, type Listener } from '../src/segments/sentence';
import { formatCondition, parseCondition } from '../src/segments/text';
import type { Condition, EventMatcher } from '../src/api/types';
import { matcherOf, type ChosenEvent } from '../src/events/event';

const order: EventMatcher = { kind: 'order' };
const ordered: Condition = { did: { event: order } };
const isEmail: Condition = { is: { dimension: 'channel', values: ['email'] } };

/** What each row says as a condition. */
const rows: readonly Condition[] = [
  ordered,
  { did: { event: order, at_least: 2 } },
  { did: { event: order, exactly: 3, within_days: 7 } },
  { did: { event: { kind: 'page_view', path: '/a' }, at_most: 0, within_hours: 5 } },
  { did: { event: order, exactly: 0 } },
  { did: { event: order, exactly: 0, within_days: 2 } },
  isEmail,
  { is_not: { dimension: 'country', values: ['IT', 'FR'] } },
  { contains: { dimension: 'page', values: ['a,b', 'c:d'] } },
  { starts: { dimension: 'page', values: ['/a'] } },
  { matches: { dimension: 'page', values: ['^/a{1,2}\\,'] } },
  { greater: { dimension: 'props.price', values: [9.5] } },
  { less: { dimension: 'props.price', values: [-1] } },
  { set: { dimension: 'props.size' } },
  { not: isEmail },
  { sequence: { events: [{ kind: 'page_view' }, { kind: 'custom', name: 'seen' }, order], within_days: 3 } },
  { not: { sequence: { events: [order, order] } } },
  { visited: { at_least: 2 } },
  { visited: { exactly: 0 } },
  { visited: { at_most: 2, where: isEmail } },
  { visited: { at_least: 1, where: { all: [isEmail, { is_not: { dimension: 'country', values: ['IT'] } }] } } },
  { did: { event: { kind: 'order', where: { greater: { dimension: 'props.price', values: [10] } } } } },
  { did: { event: { kind: 'page_view', where: { all: [{ is: { dimension: 'page', values: ['/a', '/b'] } }, isEmail] } }, exactly: 0 } },
  { did: { event: { kind: 'custom', name: 'seen', where: { all: [isEmail, { set: { dimension: 'props.size' } }] } }, at_least: 2 } },
  { did: { event: { where: { is: { dimension: 'touchpoint', values: ['app'] } } } } },
  { segment: 'abc' },
  { not: { segment: 'abc' } },
];

/** What has no fields. */
const others: readonly Condition[] = [
  { not: ordered },
  { visited: { at_most: 2, where: { any: [isEmail, isEmail] } } },
  { visited: { at_most: 2, where: { all: [isEmail] } } },
  { not: { not: isEmail } },
  { all: [] },
  { did: { event: { kind: 'order', where: { any: [isEmail, { is: { dimension: 'country', values: ['IT'] } }] } } } },
  { did: { event: { touchpoint: 'app' } } },
  { sequence: { events: [order, { where: { not: isEmail } }] } },
  { matches: { dimension: 'page', values: ['a', 'b'] } },
  { is: { dimension: 'page', values: ['a\\', 'b'] } },
];

test('a condition becomes rows and they the same condition, whatever they have no fields for', () => {
  for (const condition of [...rows, ...others]) {
    const wholes: Condition[] = [{ all: [condition] }, { any: [condition, ordered] }, { all: [ordered, { any: [condition, isEmail] }] }];
    for (const whole of wholes) {
      assert.deepEqual(draftOf(ruleOf(whole)), whole);
      assert.deepEqual(askedOf(ruleOf(whole)).condition, whole);
    }
    assert.deepEqual(draftOf(ruleOf(condition)), 'all' in condition ? condition : { all: [condition] });
  }
  const typeOf = (condition: Condition) => ruleOf({ all: [condition] }).items[0]?.type;
  assert.deepEqual(rows.filter((one) => typeOf(one) === 'other'), []);
  assert.deepEqual(others.filter((one) => typeOf(one) !== 'other'), []);
  const deep: Condition = { all: [{ any: [ordered, { all: [isEmail, { any: [ordered, isEmail] }] }] }] };
  assert.deepEqual(draftOf(ruleOf(deep)), deep);
  assert.equal(typeOf(deep.all[0] as Condition), 'group');
});

test('an event is known again however it is written', () => {
  const events: ChosenEvent[] = [
    { type: 'page', value: '' },
    { type: 'page', value: '/a\\,b,/c' },
    { type: 'page', value: '/a,/b/*' },
    { type: 'screen', value: 'Home' },
    { type: 'kind', value: 'order' },
    { type: 'kind', value: 'order,refund' },
    { type: 'custom', value: 'seen' },
    { type: 'kind', value: '' },
  ];
  for (const event of events) assert.deepEqual(eventOf(matcherOf(event)), event);
  const is = (dimension: string, ...values: string[]): Condition => ({ is: { dimension, values } });
  assert.deepEqual(eventOf({ where: is('kind', 'order') }), { type: 'kind', value: 'order' });
  assert.deepEqual(eventOf({ where: { all: [is('page', '/a'), is('kind', 'page_view')] } }), { type: 'page', value: '/a' });
  const unknown: EventMatcher[] = [{ kind: 'order', path: '/a' }, { kind: 'page_view', where: is('country', 'IT') }, { path: '/a' }, { kind: 'page_view', path: '/a*' }];
  for (const matcher of unknown) assert.equal(eventOf(matcher), undefined, JSON.stringify(matcher));
});

test('what is not complete is kept in the address and not asked', () => {
  const rule = ruleOf({ all: [ordered] });
  const whole = rowTypes.reduce<Rule>((before, type, place) => changedRow(added(before), { item: place + 1 }, newRow(type)), rule);
  const { condition, incomplete } = askedOf(whole);
  assert.deepEqual(condition, { all: [ordered, { visited: { at_least: 2 } }] });
  assert.deepEqual(incomplete.map(({ item }) => item), rowTypes.flatMap((type, place) => (type === 'visited' ? [] : [place + 1])));
  assert.deepEqual(ruleOf(parseCondition(formatCondition(draftOf(whole))) as Condition), whole);
  assert.deepEqual(askedOf(ruleOf({ any: [] })).condition, { all: [] });
  const number = (value: string): Row => ({ type: 'is', dimension: 'props.price', operator: 'greater', value });
  assert.deepEqual(['9', 'x', ' '].map((value) => isComplete(number(value))), [true, false, false]);
  assert.deepEqual(ruleOf(draftOf({ join: 'all', items: [number('x')] })).items, [number('x')], 'what is no number stays as it was typed');
});

test('a link holds the whole builder; what is malformed in it is none', () => {
  const condition: Condition = { any: [...rows, ...others] };
  const url = new URL(builderPath('la bottega', { name: 'Ünï & co', condition, days: 14 }), 'http://orma.example');
  assert.equal(url.pathname, '/sites/la%20bottega/segments/new');
  assert.deepEqual([url.searchParams.get('name'), url.searchParams.get('days')], ['Ünï & co', '14']);
  assert.deepEqual(parseCondition(url.searchParams.get('condition')), condition);
  for (const text of [null, '', '{', '[]', '5', '{}', '{"all":5}', '{"all":[5]}', '{"did":{}}', '{"did":{"event":{"kind":5}}}', '{"is":{"values":[]}}', '{"is":{"dimension":"a"},"set":{}}', '{"segment":5}', '{"like":5}', '{"visited":{"where":5}}', '{"sequence":{"events":[5]}}', '{"did":{"event":{},"at_least":"2"}}']) {
    assert.equal(parseCondition(text), undefined, String(text));
  }
});

test('an error is told at the row that it is about', () => {
  const rule = ruleOf({ all: [{ did: { event: {} } }, ordered, { any: [{ segment: '' }, isEmail, { not: { segment: 'gone' } }] }] });
  const asked = askedOf(rule);
  const at = (field: string) => placeOf(new ApiError(400, 'invalid_condition', '', field), asked);
  assert.deepEqual(at('condition.all[0].did.event.kind'), { item: 1 });
  assert.deepEqual(at('condition.all[1].any[0].is.values[0]'), { item: 2, row: 1 });
  assert.deepEqual(at('condition.all[1].any[1].not.segment'), { item: 2, row: 2 });
  assert.equal(at('condition.all[1]'), undefined);
  assert.equal(at('condition'), undefined);
  assert.equal(placeOf(undefined, asked), undefined);
  // The tenth is not the first.
  const many = askedOf(ruleOf({ all: Array.from({ length: 11 }, () => ordered) }));
  assert.deepEqual(placeOf(new ApiError(400, 'x', '', 'condition.all[10].did'), many), { item: 10 });
});

test('rows and groups are added, joined and taken out; a group goes with its last row', () => {
  let rule = grouped(ruleOf({ all: [ordered] }));
  assert.deepEqual(rule.items[1], { type: 'group', join: 'any', rows: [newRow('did'), newRow('did')] });
  rule = joinedBy(joinedBy(added(rule, 1), 'all', 1), 'any');
  assert.deepEqual([rule.join, rule.items[1]?.type === 'group' && [rule.items[1].join, rule.items[1].rows.length]], ['any', ['all', 3]]);
  for (let row = 2; row >= 0; row--) rule = removed(rule, { item: 1, row });
  assert.deepEqual(draftOf(rule), { any: [ordered] });
  assert.deepEqual(removed(rule, { item: 0 }).items, []);
});

test('a row that becomes another keeps what both have', () => {
  const did = ruleOf({ all: [{ did: { event: order, at_least: 3, within_days: 7 } }] }).items[0] as Row;
  assert.deepEqual(rowAs(did, 'did_not'), { type: 'did_not', event: { type: 'kind', value: 'order' }, where: [] });
  const sequence = rowAs(did, 'sequence');
  assert.deepEqual(sequence.type === 'sequence' && [sequence.events[0], sequence.within], [{ type: 'kind', value: 'order' }, { count: 7, unit: 'd' }]);
  assert.deepEqual(rowAs(rowAs(sequence, 'not_sequence'), 'sequence'), sequence);
  assert.deepEqual(rowAs(did, 'segment'), newRow('segment'));
});

const listener = (language: 'en' | 'it'): Listener => {
  const i18n = createTranslator(language);
  return { i18n, valueName: (dimension, value) => (['kind', 'channel'].includes(dimension) ? i18n.label(dimension, value) : value), segmentName: (id) => (id === 'vip' ? 'VIP' : undefined) };
};
const told = (language: 'en' | 'it', condition: Condition, days = 30) => tell(condition, days, listener(language));

test('a condition is told as a sentence, in both languages', () => {
  const sentences: [Condition, string, string][] = [
    [{ all: [] }, 'Everybody who was here in the last 30 days.', 'Chiunque sia passato di qui negli ultimi 30 giorni.'],
    [{ all: [{ did: { event: order, at_least: 2 } }, isEmail] }, 'People who ordered at least twice and came by E-mail, in the last 30 days.', 'Chi, negli ultimi 30 giorni, ha ordinato almeno due volte ed è arrivato con il canale E-mail.'],
    [ordered, 'People who ordered, in the last 30 days.', 'Chi, negli ultimi 30 giorni, ha ordinato.'],
    [{ did: { event: order, exactly: 1 } }, 'People who ordered exactly once, in the last 30 days.', 'Chi, negli ultimi 30 giorni, ha ordinato esattamente una volta.'],
    [{ did: { event: order, at_most: 3, within_days: 7 } }, 'People who ordered at most 3 times within 7 days, in the last 30 days.', 'Chi, negli ultimi 30 giorni, ha ordinato al massimo 3 volte nell’arco di 7 giorni.'],
    [{ did: { event: order, at_least: 5, within_hours: 1 } }, 'People who ordered at least 5 times within an hour, in the last 30 days.', 'Chi, negli ultimi 30 giorni, ha ordinato almeno 5 volte nell’arco di un’ora.'],
    [{ did: { event: order, exactly: 0 } }, 'People who did not order, in the last 30 days.', 'Chi, negli ultimi 30 giorni, non ha ordinato.'],
    [{ did: { event: { kind: 'ticket_opened' }, at_least: 2, within_days: 1 } }, 'People who did “Ticket opened” at least twice within a day, in the last 30 days.', 'Chi, negli ultimi 30 giorni, ha fatto «Ticket aperto» almeno due volte nell’arco di un giorno.'],
    [{ did: { event: { kind: 'custom', name: 'quiz' }, exactly: 0 } }, 'People who did not do “quiz”, in the last 30 days.', 'Chi, negli ultimi 30 giorni, non ha fatto «quiz».'],
    [{ is: { dimension: 'country', values: ['IT', 'FR'] } }, 'People who were in IT or FR, in the last 30 days.', 'Chi, negli ultimi 30 giorni, era in IT o FR.'],
    [{ is_not: { dimension: 'page', values: ['/a', '/b', '/c'] } }, 'People who had a visit or an event in which page is not /a, /b or /c, in the last 30 days.', 'Chi, negli ultimi 30 giorni, ha avuto una visita o un evento in cui pagina non è /a, /b o /c.'],
    [{ contains: { dimension: 'page', values: ['a'] } }, 'People who had a visit or an event in which page contains a, in the last 30 days.', 'Chi, negli ultimi 30 giorni, ha avuto una visita o un evento in cui pagina contiene a.'],
    [{ all: [isEmail, { starts: { dimension: 'entry_page', values: ['/s'] } }, ordered] }, 'People who had a visit or an event in which channel is E-mail and entry page starts with /s and ordered, in the last 30 days.', 'Chi, negli ultimi 30 giorni, ha avuto una visita o un evento in cui canale è E-mail e pagina d’ingresso inizia con /s e ha ordinato.'],
    [{ matches: { dimension: 'page', values: ['^/a'] } }, 'People who had a visit or an event in which page matches ^/a, in the last 30 days.', 'Chi, negli ultimi 30 giorni, ha avuto una visita o un evento in cui pagina corrisponde a ^/a.'],
    [{ greater: { dimension: 'props.price', values: [10] } }, 'People who had a visit or an event in which “price” is greater than 10, in the last 30 days.', 'Chi, negli ultimi 30 giorni, ha avuto una visita o un evento in cui «price» è maggiore di 10.'],
    [{ less: { dimension: 'props.price', values: [10] } }, 'People who had a visit or an event in which “price” is less than 10, in the last 30 days.', 'Chi, negli ultimi 30 giorni, ha avuto una visita o un evento in cui «price» è minore di 10.'],
    [{ set: { dimension: 'props.size' } }, 'People who had a visit or an event in which “size” has a value, in the last 30 days.', 'Chi, negli ultimi 30 giorni, ha avuto una visita o un evento in cui «size» ha un valore.'],
    [{ not: isEmail }, 'People who never had a visit or an event in which channel is E-mail, in the last 30 days.', 'Chi, negli ultimi 30 giorni, non ha mai avuto una visita o un evento in cui canale è E-mail.'],
    [{ sequence: { events: [{ kind: 'page_view', path: '/a' }, order], within_days: 3 } }, 'People who saw /a, then ordered within 3 days, in the last 30 days.', 'Chi, negli ultimi 30 giorni, ha visto /a, poi ha ordinato nell’arco di 3 giorni.'],
    [{ not: { sequence: { events: [{ kind: 'add_to_cart' }, order] } } }, 'People who did not do this one after the other: put something in the basket, then ordered, in the last 30 days.', 'Chi, negli ultimi 30 giorni, non ha fatto una cosa dopo l’altra: ha messo qualcosa nel carrello, poi ha ordinato.'],
    [{ visited: { at_least: 2 } }, 'People who had at least 2 sessions, in the last 30 days.', 'Chi, negli ultimi 30 giorni, ha avuto almeno 2 sessioni.'],
    [{ visited: { exactly: 1, where: isEmail } }, 'People who had exactly 1 session in which channel is E-mail, in the last 30 days.', 'Chi, negli ultimi 30 giorni, ha avuto esattamente 1 sessione in cui canale è E-mail.'],
    [{ any: [{ segment: 'vip' }, { not: { segment: 'gone' } }] }, 'People who are in “VIP” or are not in “gone”, in the last 30 days.', 'Chi, negli ultimi 30 giorni, è in «VIP» o non è in «gone».'],
    [{ all: [ordered, { any: [isEmail, { segment: 'vip' }] }] }, 'People who ordered and (came by E-mail or are in “VIP”), in the last 30 days.', 'Chi, negli ultimi 30 giorni, ha ordinato e (è arrivato con il canale E-mail o è in «VIP»).'],
    [{ not: { all: [ordered, { segment: 'vip' }] } }, 'People who are not among those who (ordered and are in “VIP”), in the last 30 days.', 'Chi, negli ultimi 30 giorni, non è tra chi (ha ordinato ed è in «VIP»).'],
    [{ did: { event: { kind: 'order', where: { is: { dimension: 'product', values: ['Livorno'] } } } } }, 'People who did something in which kind of event is Order and product is Livorno, in the last 30 days.', 'Chi, negli ultimi 30 giorni, ha fatto qualcosa in cui tipo di evento è Ordine e prodotto è Livorno.'],
  ];
  for (const [condition, english, italian] of sentences) {
    assert.equal(told('en', condition), english);
    assert.equal(told('it', condition), italian);
  }
  assert.equal(told('en', ordered, 1), 'People who ordered, in the last day.');
  assert.equal(told('it', ordered, 1), 'Chi, nell’ultimo giorno, ha ordinato.');
});

test('every condition can be told', () => {
  for (const condition of [...rows, ...others]) for (const language of ['en', 'it'] as const) assert.doesNotMatch(told(language, condition), /undefined|\{[a-z]+\}|  /);
});

test('pasted people are read: of a CSV the first column, each once, without the names of the columns', () => {
  assert.deepEqual(readIds(''), { ids: [], duplicates: 0, hasHead: false });
  assert.deepEqual(readIds('\uFEFFa\r\n b \n\na\nB'), { ids: ['a', 'b', 'B'], duplicates: 1, hasHead: false });
  assert.deepEqual(readIds('Email;Name\nAnna@x.it;"Anna"\n"anna@x.it";x\n"Rossi, ""M""",1'), { ids: ['Anna@x.it', 'Rossi, "M"'], duplicates: 1, hasHead: true });
  assert.deepEqual(readIds('id'), { ids: ['id'], duplicates: 0, hasHead: false });
});

test('the example of who stayed away takes another segment, which is made once', () => {
  const away = examples.find(({ id }) => id === 'away');
  assert.ok(away);
  assert.deepEqual(without(away, 'r').condition, { all: [isEmail, { not: { segment: 'r' } }] });
  const segment = (condition: Condition | null, days: number | null) => ({ segment: 's', name: '', kind: 'rule', condition, days, people: 0, evaluated_at: null, created_at: '', created_by: '' }) as const;
  assert.equal(recentOf([segment(null, null), segment(ordered, 14), segment({ all: [] }, 15)]), undefined);
  assert.ok(recentOf([segment({ all: [] }, 14)]));
});

const funnel: FunnelChoices = {
  steps: [{ type: 'page', value: '' } as const, { type: 'kind', value: 'add_to_cart' } as const, { type: 'kind', value: 'order' } as const].map((event, place) => ({ event, place })),
  exclude: undefined,
  order: 'ordered',
  unit: 'people',
  window: { count: 7, unit: 'd' },
  breakdown: 'none',
  trend: 'none',
  compare: false,
  from: '2026-11-02',
  to: '2026-12-01',
  condition: undefined,
};

test('those behind a number of a funnel are a rule where one says just that, and otherwise none', () => {
  const today = '2026-12-01';
  const page: EventMatcher = { kind: 'page_view' };
  const cart: EventMatcher = { kind: 'add_to_cart' };
  const span = { within_days: 7 };
  assert.deepEqual(ruleOfFunnel(funnel, { step: 1, outcome: 'reached' }, today), { condition: { all: [{ did: { event: page } }] }, days: 30 });
  assert.deepEqual(ruleOfFunnel(funnel, { step: 2, outcome: 'dropped' }, today)?.condition, {
    all: [{ sequence: { events: [page, cart], ...span } }, { not: { sequence: { events: [page, cart, order], ...span } } }],
  });
  const filtered = ruleOfFunnel({ ...funnel, window: { count: 90, unit: 'm' } }, { step: 1, outcome: 'reached' }, today);
  assert.equal(filtered, undefined, 'an hour and a half is no number of hours');
  const condition = { all: [{ is: { dimension: 'channel', values: ['email'] } }] };
  assert.deepEqual(ruleOfFunnel({ ...funnel, condition, window: { count: 120, unit: 'm' } }, { step: 2, outcome: 'reached' }, today)?.condition, {
    all: [isEmail, { sequence: { events: [page, cart], within_hours: 2 } }],
  });
  const none: [Partial<FunnelChoices>, string?][] = [[{ unit: 'sessions' }], [{ order: 'strict' }], [{ exclude: { type: 'kind', value: 'refund' } }], [{}, '2026-12-02'], [{ from: '2025-01-01' }]];
  for (const [change, day = today] of none) assert.equal(ruleOfFunnel({ ...funnel, ...change }, { step: 2, outcome: 'reached' }, day), undefined);
  assert.equal(ruleOfFunnel(funnel, { step: 2, outcome: 'reached', value: 'IT' }, today), undefined);
});

test('a history begins when the segment was made, by the calendar of the site', () => {
  const at = (...moments: string[]) => moments.map((one) => ({ at: one }));
  const days = at('2026-11-29', '2026-11-30', '2026-12-01');
  assert.deepEqual(sinceMade(days, '2026-11-30T23:30:00Z', 'UTC'), days.slice(1));
  assert.deepEqual(sinceMade(days, '2026-11-30T23:30:00Z', 'Europe/Rome'), days.slice(2));
  const hours = at('2026-11-30T22:00:00Z', '2026-11-30T23:00:00Z', '2026-12-01T00:00:00Z');
  assert.deepEqual(sinceMade(hours, '2026-11-30T23:30:00Z', 'Europe/Rome'), hours.slice(1));
});
