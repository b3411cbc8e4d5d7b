/**
 * What each number means, in one sentence or two: the only place that says it on the pages, and word for word what
 * docs/definitions.md says.
 */
export const definitionsEn = {
  'definition': 'What “{name}” means',

  'definition.visitors': 'Browsers and apps with a page view in the period, each counted once: who came on two days is one, though both days count them. Somebody with two devices is two visitors; without a visitor id, everybody is new each day.',
  'definition.people': 'People with a page view in the period, each counted once, on however many days and devices they were recognised. Who was never recognised is one person for each device. Of a device that two people logged in on, both count.',
  'definition.page_views': 'How often a page or a screen was shown, reloads included.',
  'definition.sessions': 'Visits: what a visitor does without a pause of 30 minutes. A session belongs to the moment at which it began.',
  'definition.bounce_rate': 'Share of the sessions with a page view that saw one page, did nothing else and lasted less than 10 seconds.',
  'definition.session_duration_ms': 'Mean time from a session’s first event to its last, without what came by itself after a pause of 30 minutes, such as the leaving of a forgotten page. Sessions with a single event count as zero.',
  'definition.orders': 'Events “order”, each once, however often it was sent.',
  'definition.revenue': 'Net: orders and other events with money, less refunds, in the site’s currency. Nothing is converted.',
  'definition.conversion_rate': 'Share of the sessions in which there was an order. One that only a server sent, without the session, converts none.',
  'definition.average_order_value': 'Sum of the orders in the site’s currency, divided by their number, before refunds.',

  'definition.pages': 'By the page that was seen. Who saw several counts for each of them, so the shares may sum to more than 100 %.',
  'definition.sources': 'By what brought the session. Who came in several ways counts for each of them, so the shares of the visitors may sum to more than 100 %.',
  'definition.products': 'By the items of the events that are about products. An order of several products counts for each of them; the revenue of a product is price × quantity of its own items.',
  'definition.places': 'By where the visitors were and in which language. Places come from the address of the connection, which is not kept.',
  'definition.devices': 'By what the visitors’ browser or app says of the device.',

  'definition.change': 'Compared with the period before, up to the same time of day: as many days, and a part with a part. The change of a rate is told in percentage points: from 40 % to 42 % is 2 points.',
  'definition.rounded': 'Large numbers are rounded here; the table under the chart has them exactly.',

  'definition.person': 'Somebody under one id: a user once there was a login, otherwise a visitor. Visitors that were recognised as the same user are one person.',
  'definition.person_seen': 'The moment of the person’s last event of any kind, a newsletter or a call included.',
  'definition.person_sessions': 'All sessions of the person, on all devices, whatever the period.',
  'definition.person_pages': 'All pages and screens that the person saw, whatever the period.',
  'definition.person_value': 'What the person ever spent, less refunds. Each currency stands for itself.',
  'definition.person_from': 'What brought the person’s first session of all, whatever the period.',

  'definition.live': 'Visitors with a page view in the last five minutes, bots left out. In the lists each counts once, for the last page seen.',
  'definition.live.map': 'Visitors with a page view in the last five minutes, bots left out, by the country of the latest. The country is what the address of the device says; regions and cities are there where the geographic database of the server knows them. The darker a country, the more visitors beside the country with the most.',
  'definition.live.moves': 'From which page to which page visitors went in the last five minutes, and how many did; a page that is loaded again is no step. “Arrived” is a first page after half an hour without one. The twelve most frequent.',
  'definition.journey': 'Everything that one person did, on all touchpoints, divided into sessions: a pause of 30 minutes begins a new one.',

  'definition.received': 'Events that reached a collector of this site in the period.',
  'definition.accepted': 'Events that were valid and are kept; each is stored, on its way, or a repetition.',
  'definition.hours': 'Events by the hour in which they were received, not by that in which they happened.',
  'definition.reasons': 'Events that were refused, by the reason. They are in no other number; an example is kept.',
  'definition.collectors': 'The processes that take events, and what each still holds on its disk.',

  'definition.installation': 'What reached this site in the last minutes, and what was refused, with the reason.',
  'definition.crash_free': 'Share of the app’s sessions, or of the people in them, without a crash that ended the app.',
} as const;
