/** The origin of what somebody typed as an address, in the form that browsers send; undefined when it is none. */
export function originOf(text: string): string | undefined {
  const trimmed = text.trim();
  try {
    const url = new URL(trimmed.includes('://') ? trimmed : `https://${trimmed}`);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.origin : undefined;
  } catch {
    return undefined;
  }
}

/** Whether only this machine or its network reaches a host. */
export function isLocal(address: string): boolean {
  const host = new URL(address).hostname;
  return /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\]|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+)$/.test(host);
}
