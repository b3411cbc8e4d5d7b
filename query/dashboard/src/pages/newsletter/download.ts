import { ofSite, queryString } from '../../api/client';

/** Rows of an export. */
const rows_max = '1000';

/** Saves the rows of a report as a file. The mark at its beginning tells spreadsheets that it is UTF-8. */
export async function download(site: string, query: Readonly<Record<string, string | undefined>>, name: string): Promise<void> {
  const path = `/api/v1${ofSite(site, '/newsletters')}${queryString({ ...query, limit: rows_max })}`;
  const response = await fetch(path, { credentials: 'same-origin', headers: { Accept: 'text/csv' } });
  if (!response.ok) throw new Error(String(response.status));
  const text = (await response.text()).replace(/^\uFEFF/, '');
  const address = URL.createObjectURL(new Blob(['\uFEFF', text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
