import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { changes } from '../../../api/changes';
import { asApiError } from '../../../api/error';
import { questions } from '../../../api/questions';
import type { IdentityChange, IdentityChangeRequest, PersonId, PersonIdentity } from '../../../api/types';
import { useAnswer } from '../../../api/useAnswer';
import { localDate } from '../../../format/time';
import { useI18n } from '../../../i18n/context';
import { useFormat, useSite } from '../../../state/site';
import { useTaken } from '../../../state/useAddress';
import { Answered } from '../../../ui/Answered';
import { Card } from '../../../ui/Card';
import { ExportTable } from '../../../ui/ExportButton';
import { PictureButton } from '../../../ui/PictureButton';
import { Skeleton } from '../../../ui/states';
import { Segments } from '../../../ui/Tabs';
import { companions, layGraph, shortId } from './graph';
import { GoneEdges, History, sentence } from './History';
import './identity.css';
import { IdGraph } from './IdGraph';
import { IdTable } from './IdTable';
import { PreviewCard } from './PreviewCard';

/** What is about to be done, and how it is called. */
interface Asked {
  readonly request: IdentityChangeRequest;
  readonly title: string;
}

/** The ids of a person and what joined them; joining, parting and undoing, each with what will change before it does. */
export function IdentityPanel({ person, changed }: { person: string; changed: () => void }) {
  const { t } = useI18n();
  const { site } = useSite();
  const identity = useAnswer(questions.identity(site, person));
  const session = useAnswer(questions.session());
  const [asked, ask] = useState<Asked>();
  const [made, setMade] = useState<IdentityChange>();
  const [taken, setTaken] = useTaken();
  const making = useMutation({
    mutationFn: (request: IdentityChangeRequest) => changes.changeIdentity(site, person, request),
    onSuccess: (change) => {
      setMade(change);
      ask(undefined);
      setTaken([]);
      identity.retry();
      changed();
    },
  });
  const prepare = (next: Asked | undefined) => {
    making.reset();
    setMade(undefined);
    ask(next);
  };
  const mayChange = session.data?.role === 'admin';
  return (
    <Answered answer={identity} loading={<Card><Skeleton lines={8} /></Card>}>
      {(data) => (
        <div className="identity-panel" data-testid="identity-panel">
          <Ids data={data} taken={new Set(taken)} setTaken={setTaken} ask={prepare} />
          {asked && (
            <PreviewOf
              person={person}
              asked={asked}
              failure={making.error ? asApiError(making.error) : undefined}
              busy={making.isPending}
              confirm={mayChange ? () => making.mutate(asked.request) : undefined}
              cancel={() => prepare(undefined)}
            />
          )}
          <LinkForm person={data.person} identified={data.identified} ask={prepare} />
          <Card title={t('identity.history')}>
            <History changes={data.changes} undo={(change) => prepare({ request: { undo: { change: change.change } }, title: `${t('identity.undo')}: ${sentence(change, t)}` })} />
            <GoneEdges edges={data.edges} />
          </Card>
          {made && (
            <Toast
              change={made}
              undo={made.action === 'undo' ? undefined : () => making.mutate({ undo: { change: made.change } })}
              close={() => setMade(undefined)}
            />
          )}
        </div>
      )}
    </Answered>
  );
}

interface IdsProps {
  data: PersonIdentity;
  taken: ReadonlySet<string>;
  setTaken: (ids: readonly string[]) => void;
  ask: (asked: Asked) => void;
}

function Ids({ data, taken, setTaken, ask }: IdsProps) {
  const { t } = useI18n();
  const { timeZone } = useFormat();
  const picture = useRef<HTMLDivElement>(null);
  const graph = layGraph(data.ids, data.edges);
  const firsts = data.ids.flatMap(({ first_seen }) => first_seen ?? []).sort();
  const today = localDate(Date.now(), timeZone);
  const period = { from: firsts[0] ? localDate(Date.parse(firsts[0]), timeZone) : today, to: today };
  const take = (id: PersonId) => {
    const along = id.is_user ? [id.id, ...companions(id.id, data.edges)] : [id.id];
    const next = new Set(taken);
    const isTaken = next.has(id.id);
    for (const one of along) {
      if (isTaken) next.delete(one);
      else next.add(one);
    }
    setTaken([...next]);
  };
  const rows = () => [
    ['id', 'kind', 'first_seen', 'last_seen', 'sessions', 'events', 'joined_to', 'how', 'joined_at', 'recorded_by'],
    ...data.ids.map((id) => [
      id.id, id.is_user ? 'user' : 'visitor', id.first_seen ?? '', id.last_seen ?? '', id.sessions, id.events,
      id.joined_by?.user ?? '', id.joined_by?.source ?? '', id.joined_by?.linked_at ?? '', id.joined_by?.recorded_by ?? '',
    ]),
  ];
  return (
    <Card
      title={t('identity.ids')}
      explain="identity"
      aside={<span className="card-aside"><PictureButton what={t('identity.ids')} period={period} of={picture} /><ExportTable what={t('identity.ids')} name="identity" period={period} rows={rows} /></span>}
    >
      <p className="quiet">{t('identity.count', { count: data.ids_total })}</p>
      {data.ids.length > 1 && <div ref={picture}><IdGraph graph={graph} /></div>}
      <IdTable
        ids={data.ids}
        person={data.person}
        taken={taken}
        take={take}
        unlink={(edge) => ask({ request: { unlink: { link: edge.link } }, title: t('identity.title.unlink', { id: shortId(edge.id), user: shortId(edge.user) }) })}
      />
      {data.ids_total > data.ids.length && <p className="quiet small">{t('identity.cut', { count: data.ids.length })}</p>}
      {data.ids.length > 1 && (
        <div className="identity-buttons">
          <button
            type="button"
            className="button"
            disabled={taken.size === 0}
            onClick={() => ask({ request: { split: { ids: [...taken] } }, title: t('identity.title.split', { count: taken.size }) })}
          >
            {t('identity.split', { count: taken.size })}
          </button>
          <span className="quiet small">{t('identity.split.hint')}</span>
        </div>
      )}
    </Card>
  );
}

interface PreviewOfProps {
  person: string;
  asked: Asked;
  failure: ReturnType<typeof asApiError> | undefined;
  busy: boolean;
  confirm: (() => void) | undefined;
  cancel: () => void;
}

function PreviewOf({ person, asked, ...rest }: PreviewOfProps) {
  const { site } = useSite();
  const preview = useAnswer(questions.identityPreview(site, person, asked.request));
  return <PreviewCard title={asked.title} preview={preview.stale ? undefined : preview.data} error={preview.stale || preview.data ? undefined : preview.error} {...rest} />;
}

const kinds = ['visitor', 'user'] as const;

function LinkForm({ person, identified, ask }: { person: string; identified: boolean; ask: (asked: Asked) => void }) {
  const { t } = useI18n();
  const [id, setId] = useState('');
  const [kind, setKind] = useState<(typeof kinds)[number]>('visitor');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const named = id.trim();
    if (named === '') return;
    ask({
      request: { link: { id: named, is_user: kind === 'user' } },
      title: t('identity.title.link', { id: shortId(named), user: shortId(person) }),
    });
  };
  return (
    <Card title={t('identity.link')}>
      {identified ? (
        <form className="identity-link" onSubmit={submit}>
          <Segments label={t('identity.link.kind')} choices={kinds.map((one) => ({ id: one, label: t(`identity.kind.${one}`) }))} selected={kind} onSelect={setKind} />
          <label className="option identity-link-id">
            <span>{t('identity.link.id')}</span>
            <input className="field" value={id} maxLength={256} required onChange={(event) => setId(event.target.value)} />
          </label>
          <button type="submit" className="button">{t('identity.look')}</button>
          <p className="quiet small">{t(kind === 'user' ? 'identity.link.user.hint' : 'identity.link.visitor.hint')}</p>
        </form>
      ) : (
        <p className="quiet">{t('identity.link.anonymous')}</p>
      )}
    </Card>
  );
}

/** How long one may change one's mind without looking for where. */
const toast_ms = 12_000;

function Toast({ change, undo, close }: { change: IdentityChange; undo: (() => void) | undefined; close: () => void }) {
  const { t } = useI18n();
  const closing = useRef(close);
  closing.current = close;
  useEffect(() => {
    const timer = setTimeout(() => closing.current(), toast_ms);
    return () => clearTimeout(timer);
  }, [change.change]);
  return (
    <div className="toast" role="status" data-testid="identity-toast">
      <span>{sentence(change, t)}</span>
      {undo && <button type="button" className="link-button" onClick={undo}>{t('identity.undo')}</button>}
      <button type="button" className="link-button" onClick={close}>{t('identity.close')}</button>
    </div>
  );
}
