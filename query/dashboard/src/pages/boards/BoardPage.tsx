import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type DragEvent } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { changes } from '../../api/changes';
import { questions } from '../../api/questions';
import type { Board, Report } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { problemText } from '../../format/codes';
import { useI18n } from '../../i18n/context';
import { reportPath } from '../../reports/link';
import { ReportAnswer } from '../../reports/ReportAnswer';
import { segmentError } from '../../segments/problem';
import { sitePath } from '../../state/address';
import { useSite } from '../../state/site';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { CrashBoundary } from '../../ui/CrashBoundary';
import { Icon, type IconName } from '../../ui/Icon';
import { Page } from '../../ui/Page';
import { EmptyState, Skeleton } from '../../ui/states';
import { moved } from './order';

type Cards = Board['cards'];

/** One board: its reports, each asked for by itself, in an order that can be changed. */
export function BoardPage() {
  const { t } = useI18n();
  const { site } = useSite();
  const { board: id = '' } = useParams();
  const answer = useAnswer(questions.board(site, id));
  const reports = useAnswer(questions.reports(site));
  return (
    <Page title={answer.data?.name ?? t('boards.one')} controls={answer.data && <Remove board={answer.data} />}>
      <Link className="back-link" to={sitePath(site, 'boards')}>
        <Icon name="back" size={16} />
        {t('boards.all')}
      </Link>
      <Answered answer={answer} loading={<Card><Skeleton lines={6} tall /></Card>}>
        {(board) => (
          <Answered answer={reports} loading={<Card><Skeleton lines={6} tall /></Card>}>
            {({ items }) => <Shown board={board} reports={items} />}
          </Answered>
        )}
      </Answered>
    </Page>
  );
}

function Shown({ board, reports }: { board: Board; reports: readonly Report[] }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { site } = useSite();
  const cache = useQueryClient();
  const [told, tell] = useState('');
  const saving = useMutation({
    mutationFn: async (cards: Cards) => {
      const known = cards.filter(({ name }) => name != null).map(({ report, size }) => ({ report, size }));
      const next = await changes.changeBoard(site, board.board, { name: board.name, cards: known, version: board.version });
      cache.setQueryData(questions.board(site, board.board).queryKey, next);
      await cache.invalidateQueries({ queryKey: questions.boards(site).queryKey });
    },
    // Somebody else's board is there to be looked at, and changed again.
    onError: () => void cache.invalidateQueries({ queryKey: questions.board(site, board.board).queryKey }),
  });
  const problem = segmentError(saving.error);
  const { cards } = board;
  const move = (from: number, to: number) => {
    if (to < 0 || to >= cards.length) return;
    tell(t('boards.moved', { name: cards[from]?.name ?? '', place: String(to + 1), count: String(cards.length) }));
    saving.mutate(moved(cards, from, to));
  };
  return (
    <>
      <p className="sr-only" role="status">{told}</p>
      {problem && <p className="form-error" role="alert">{problemText(problem, i18n)}</p>}
      {cards.length === 0 ? (
        <Card><EmptyState title={t('boards.noCards')} hint={t(reports.length === 0 ? 'boards.noReports' : 'boards.noCards.hint')} /></Card>
      ) : (
        <ol className="board-cards" data-testid="board">
          {cards.map((card, place) => (
            <BoardCard
              key={card.report}
              card={card}
              place={place}
              count={cards.length}
              report={reports.find(({ report }) => report === card.report)}
              busy={saving.isPending}
              move={move}
              resize={() => saving.mutate(cards.map((one) => (one === card ? { ...one, size: one.size === 'full' ? 'half' : 'full' } : one)))}
              remove={() => saving.mutate(cards.filter((one) => one !== card))}
            />
          ))}
        </ol>
      )}
      <Add board={board} reports={reports} busy={saving.isPending} add={(report) => saving.mutate([...cards, { report: report.report, name: report.name, size: 'half' }])} />
    </>
  );
}

interface BoardCardProps {
  card: Cards[number];
  place: number;
  count: number;
  report: Report | undefined;
  busy: boolean;
  move: (from: number, to: number) => void;
  resize: () => void;
  remove: () => void;
}

const dragged = 'application/x-orma-card';

function BoardCard({ card, place, count, report, busy, move, resize, remove }: BoardCardProps) {
  const { t } = useI18n();
  const { site } = useSite();
  const [isOver, setIsOver] = useState(false);
  const name = report?.name ?? card.name ?? t('boards.gone');
  const isCard = (event: DragEvent) => event.dataTransfer.types.includes(dragged);
  const tool = (icon: IconName, label: string, act: () => void, disabled = false) => (
    <button type="button" className="icon-button" disabled={disabled || busy} onClick={act} aria-label={`${label}: ${name}`} title={label}>
      <Icon name={icon} size={16} />
    </button>
  );
  const tools = (
    <div className="board-tools">
      {tool('up', t('boards.earlier'), () => move(place, place - 1), place === 0)}
      {tool('down', t('boards.later'), () => move(place, place + 1), place === count - 1)}
      {tool('picture', t(card.size === 'full' ? 'boards.half' : 'boards.full'), resize)}
      {tool('cross', t('boards.take'), remove)}
    </div>
  );
  return (
    <li
      className="board-card"
      data-size={card.size}
      data-name={name}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        if (!isCard(event)) return;
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        setIsOver(false);
        if (!isCard(event)) return;
        event.preventDefault();
        move(Number(event.dataTransfer.getData(dragged)), place);
      }}
    >
      <section className="card" aria-label={name}>
        <div className="card-head">
          <h2 className="card-title board-grip" draggable onDragStart={(event) => event.dataTransfer.setData(dragged, String(place))}>
            {report ? <Link to={reportPath(site, report.report)} draggable={false}>{name}</Link> : name}
          </h2>
          {tools}
        </div>
        {report ? (
          <CrashBoundary>
            <ReportAnswer report={report} />
          </CrashBoundary>
        ) : (
          <p className="form-error" role="alert">{t('boards.gone.hint')}</p>
        )}
      </section>
    </li>
  );
}

interface AddProps {
  board: Board;
  reports: readonly Report[];
  busy: boolean;
  add: (report: Report) => void;
}

function Add({ board, reports, busy, add }: AddProps) {
  const { t } = useI18n();
  const { site } = useSite();
  const others = reports.filter(({ report }) => !board.cards.some((card) => card.report === report));
  const [chosen, choose] = useState('');
  const report = others.find((one) => one.report === chosen) ?? others[0];
  if (reports.length === 0) return <p><Link to={sitePath(site, 'funnels')}>{t('boards.makeReport')}</Link></p>;
  if (!report) return <p className="quiet small">{t('boards.allThere')}</p>;
  return (
    <Card title={t('boards.addReport')}>
      <form
        className="board-add"
        onSubmit={(event) => {
          event.preventDefault();
          add(report);
        }}
      >
        <label className="option">
          <span className="option-name">{t('reports.one')}</span>
          <select className="field" value={report.report} onChange={({ target }) => choose(target.value)}>
            {others.map((one) => <option key={one.report} value={one.report}>{one.name}</option>)}
          </select>
        </label>
        <button type="submit" className="button button-main" disabled={busy}>{t('boards.put')}</button>
      </form>
    </Card>
  );
}

function Remove({ board }: { board: Board }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { site } = useSite();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const removing = useMutation({
    mutationFn: async () => {
      await changes.removeBoard(site, board.board);
      await cache.invalidateQueries({ queryKey: questions.boards(site).queryKey });
      await navigate(sitePath(site, 'boards'));
    },
  });
  const problem = segmentError(removing.error);
  return (
    <>
      <Confirm
        label={t('boards.delete')}
        what={board.name}
        question={t('boards.delete.sure', { name: board.name })}
        consequence={t('boards.delete.consequence')}
        busy={removing.isPending}
        confirm={() => removing.mutate()}
      />
      {problem && <p className="form-error" role="alert">{problemText(problem, i18n)}</p>}
    </>
  );
}
