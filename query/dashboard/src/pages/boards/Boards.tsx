import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, Route, Routes, useNavigate } from 'react-router';
import { changes } from '../../api/changes';
import { questions } from '../../api/questions';
import { useAnswer } from '../../api/useAnswer';
import { problemText } from '../../format/codes';
import { useI18n } from '../../i18n/context';
import { boardPath } from '../../reports/link';
import '../../reports/reports.css';
import { segmentError } from '../../segments/problem';
import { useSite } from '../../state/site';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { Page } from '../../ui/Page';
import { EmptyState, Skeleton } from '../../ui/states';
import { BoardPage } from './BoardPage';

/** Reports side by side. */
export default function Boards() {
  return (
    <Routes>
      <Route index element={<BoardList />} />
      <Route path=":board" element={<BoardPage />} />
    </Routes>
  );
}

function BoardList() {
  const { t, locale } = useI18n();
  const { site } = useSite();
  const answer = useAnswer(questions.boards(site));
  return (
    <Page title={t('nav.boards')} lead={t('boards.lead')}>
      <Card title={t('boards.new')}><NewBoard /></Card>
      <Answered answer={answer} loading={<Card><Skeleton lines={6} /></Card>}>
        {({ items }) => (
          <Card>
            {items.length === 0 ? (
              <EmptyState title={t('boards.empty')} hint={t('boards.empty.hint')} />
            ) : (
              <DataTable
                name={t('nav.boards')}
                testid="boards"
                rows={items}
                rowKey={({ board }) => board}
                columns={[
                  { id: 'name', head: t('reports.name'), cell: ({ board, name }) => <Link to={boardPath(site, board)}>{name}</Link> },
                  { id: 'cards', head: t('nav.reports'), number: true, cell: ({ cards }) => cards.length.toLocaleString(locale) },
                  { id: 'by', head: t('reports.changed'), tone: 'quiet', cell: ({ changed_by: by }) => by },
                ]}
              />
            )}
          </Card>
        )}
      </Answered>
    </Page>
  );
}

function NewBoard() {
  const i18n = useI18n();
  const { t } = i18n;
  const { site } = useSite();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [name, setName] = useState('');
  const saving = useMutation({
    mutationFn: async () => {
      const { board } = await changes.addBoard(site, { name: name.trim(), cards: [] });
      await cache.invalidateQueries({ queryKey: questions.boards(site).queryKey });
      await navigate(boardPath(site, board));
    },
  });
  const problem = segmentError(saving.error);
  return (
    <form
      className="board-add"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') saving.mutate();
      }}
    >
      <label className="option">
        <span className="option-name">{t('reports.name')}</span>
        <input type="text" value={name} maxLength={200} placeholder={t('boards.name.example')} onChange={({ target }) => setName(target.value)} />
      </label>
      <button type="submit" className="button button-main" disabled={saving.isPending || name.trim() === ''}>{t('boards.add')}</button>
      {problem && <p className="form-error" role="alert">{problemText(problem, i18n)}</p>}
    </form>
  );
}
