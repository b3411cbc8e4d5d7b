/** The product's own line icons, 24 units wide, drawn with the colour of the text around them. */
const shapes = {
  overview: 'M4 19V10M10 19V5M16 19v-7M21 19H3',
  live: 'M12 12h.01M8.5 15.5a5 5 0 0 1 0-7M15.5 8.5a5 5 0 0 1 0 7M5.6 18.4a9 9 0 0 1 0-12.8M18.4 5.6a9 9 0 0 1 0 12.8',
  people: 'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3 19.5c0-3 2.7-5 6-5s6 2 6 5M16 5a3.2 3.2 0 0 1 0 6.2M17.5 14.8c2.1.6 3.5 2.3 3.5 4.7',
  quality: 'M4 17a8.5 8.5 0 1 1 16 0M12 16l4-6',
  accounting: 'M5 4h14v16l-3-2-2 2-2-2-2 2-2-2-3 2ZM9 9h6M9 13h6',
  page: 'M6 3.5h8l4 4v13H6ZM14 3.5v4h4M9 12.5h6M9 16h4',
  phone: 'M8 3h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 21H8a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 8 3ZM11 18h2',
  exit: 'M14 5h5v14h-5M4 12h11M11 8l4 4-4 4',
  pointer: 'M6 4l12 7.5-5.3 1.3L10 18Z',
  bolt: 'M13 3 5.5 13.5H11L10 21l8-11h-5.5Z',
  download: 'M12 4v11M7.5 10.5 12 15l4.5-4.5M5 20h14',
  form: 'M5 4h14v16H5ZM8.5 9h7M8.5 13h7M8.5 17H12',
  gauge: 'M5 18a8 8 0 1 1 14 0M12 15l3.5-5',
  power: 'M12 4v8M7 7a7 7 0 1 0 10 0',
  plug: 'M9 3v5M15 3v5M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0ZM12 17v4',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  warning: 'M12 4 21 19.5H3ZM12 10v4M12 16.8v.2',
  network: 'M4 9a12 12 0 0 1 16 0M7 12.5a7.5 7.5 0 0 1 10 0M10 16a3.5 3.5 0 0 1 4 0M12 19h.01',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5 20.5 20.5',
  tag: 'M4 12V4h8l8.5 8.5-8 8ZM8.2 8.2h.01',
  basket: 'M4 9h16l-1.8 10H5.8ZM8 9l3-5M16 9l-3-5M10 13v3M14 13v3',
  coin: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM15 8.8A4.2 4.2 0 1 0 15 15.2M8 11h5M8 13.2h5',
  return: 'M9 6 4.5 10.5 9 15M5 10.5h9a5 5 0 0 1 0 10h-3',
  person: 'M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.6-3.6 3.6-5.5 7.5-5.5s6.9 1.9 7.5 5.5',
  link: 'M10 14a4 4 0 0 0 6 .4l2.5-2.5a4 4 0 0 0-5.7-5.7L11.5 7.5M14 10a4 4 0 0 0-6-.4l-2.5 2.5a4 4 0 0 0 5.7 5.7l1.3-1.3',
  shield: 'M12 3.5 5 6v6c0 4.2 3 7.2 7 8.5 4-1.3 7-4.3 7-8.5V6ZM9 12l2.2 2.2L15 10',
  share: 'M6.5 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM17 8.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM17 20.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM8.7 10.8l6.1-3.5M8.7 13.2l6.1 3.5',
  mail: 'M3.5 6h17v12.5h-17ZM3.5 7l8.5 6.5L20.5 7',
  mailOpen: 'M3.5 10 12 4l8.5 6v9.5h-17ZM3.5 10.5 12 16l8.5-5.5',
  star: 'm12 4 2.4 5 5.6.7-4.1 3.8 1.1 5.5-5-2.8-5 2.8 1.1-5.5L4 9.7 9.6 9Z',
  ticket: 'M4 7h16v3.5a1.8 1.8 0 0 0 0 3.5v3.5H4V14a1.8 1.8 0 0 0 0-3.5ZM14 7v2M14 11.5v1.5M14 15.5v2',
  chat: 'M4 5h16v11h-8l-4.5 4v-4H4ZM8.5 10.5h.01M12 10.5h.01M15.5 10.5h.01',
  call: 'M6 4h3.5l1.5 4.5-2.2 1.6a11 11 0 0 0 5.1 5.1l1.6-2.2L20 14.5V18a2 2 0 0 1-2.2 2A15 15 0 0 1 4 6.2 2 2 0 0 1 6 4Z',
  store: 'M4.5 10v10h15V10M3 9.5 5 4h14l2 5.5a2.7 2.7 0 0 1-4.5 1 3 3 0 0 1-4.5 0 3 3 0 0 1-4.5 0A2.7 2.7 0 0 1 3 9.5ZM10 20v-5h4v5',
  dot: 'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z',
  bot: 'M5 9h14v10H5ZM12 9V5M12 5h.01M9 13.5v.5M15 13.5v.5M2.8 13v3M21.2 13v3',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  cross: 'M6 6l12 12M18 6 6 18',
  plus: 'M12 5v14M5 12h14',
  filter: 'M4 5.5h16l-6 7.5v5.5l-4 1.5v-7Z',
  attribution: 'M4 5c6 0 5 7 11 7M4 19c6 0 5-7 11-7M4 12h16M16.5 8.5 20 12l-3.5 3.5',
  paths: 'M3.5 12h5M8.5 12c4 0 3-6 7-6h5M8.5 12c4 0 3 6 7 6h2M18 15.5v5',
  touchpoints: 'M4 4h7v7H4ZM13 4h7v7h-7ZM4 13h7v7H4ZM15 16.5h.01M18 16.5h.01',
  journeys: 'M6 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM18 21a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM8.5 5.5h7a3.25 3.25 0 0 1 0 6.5h-7a3.25 3.25 0 0 0 0 6.5h7',
  sql: 'M3.5 5h17v14h-17ZM7 9.5 9.5 12 7 14.5M12 15h5',
  picture: 'M4 5h16v14H4ZM4 16l4.5-4.5 4 4 2.5-2.5 5 5M15.5 9.2h.01',
  segments: 'M9.5 16a6 6 0 1 0 0-12 6 6 0 0 0 0 12ZM14.5 20a6 6 0 1 0 0-12 6 6 0 0 0 0 12Z',
  funnel: 'M4 5h16M6.5 10h11M9 15h6M11 20h2',
  report: 'M6 3.5h12v17H6ZM9 8h6M9 12h6M9 16h3',
  board: 'M4 4h7v8H4ZM13 4h7v5h-7ZM13 11h7v9h-7ZM4 14h7v6H4Z',
  bell: 'M6.5 16.5V11a5.5 5.5 0 1 1 11 0v5.5l1.5 2H5ZM10 21h4',
  chevron: 'm9 5 7 7-7 7',
  back: 'm15 5-7 7 7 7',
  up: 'm6 14 6-6 6 6',
  down: 'm6 10 6 6 6-6',
  pause: 'M8.5 5v14M15.5 5v14',
  play: 'M7.5 5v14l11-7Z',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4',
  moon: 'M19.5 14A8 8 0 0 1 10 4.5 8 8 0 1 0 19.5 14Z',
  system: 'M4 5h16v11H4ZM9 20h6M12 16v4',
  copy: 'M9 9h11v11H9ZM15 9V4H4v11h5',
  calendar: 'M4.5 6h15v14h-15ZM4.5 10.5h15M8.5 3.5V8M15.5 3.5V8',
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={shapes[name]} />
    </svg>
  );
}
