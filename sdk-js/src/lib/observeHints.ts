type Brand = { brand: string; version: string };
type UserAgentData = {
  getHighEntropyValues(names: string[]): Promise<{
    brands: Brand[];
    mobile: boolean;
    platform: string;
    platformVersion?: string;
    model?: string;
    formFactors?: string[];
  }>;
};

/**
 * What the browser tells of itself when asked, as `context.hints` takes it: platform, its version, model,
 * form factors, brands, and whether a program controls the browser. Firefox and Safari tell only the
 * last. Undefined when there is nothing to tell.
 */
export const hintsOf = async (browser: Navigator): Promise<string | undefined> => {
  const data = (browser as { userAgentData?: UserAgentData }).userAgentData;
  const told = await data?.getHighEntropyValues(['platformVersion', 'model', 'formFactors']);
  const fields = told
    ? [
        told.platform,
        told.platformVersion,
        told.model,
        // Chromium knows form factors since version 122.
        told.formFactors?.join() || (told.mobile ? 'Mobile' : ''),
        told.brands.map(({ brand, version }) => `${brand} ${version}`.replace(/[,|]/g, ' ')).join(),
      ]
    : ['', '', '', '', ''];
  const text = [...fields, browser.webdriver ? '1' : ''].map((field) => field ?? '').join('|');
  return /[^|]/.test(text) ? text : undefined;
};

/**
 * Leaves the hints where the core finds them for the events from here on, this page's and later ones'. The
 * visitor's id beside them is the sign that the core may store at all.
 */
export const observeHints = async (): Promise<void> => {
  try {
    const hints = await hintsOf(navigator);
    if (hints && localStorage['orma.visitor']) localStorage['orma.hints'] = hints;
  } catch {
    // Denied by the browser or the page's policy: then the user agent has to do.
  }
};
