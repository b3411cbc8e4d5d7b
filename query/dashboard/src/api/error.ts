/** A refusal of the API, or a request that never got an answer (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;
  /** How long the API asks to wait. Milliseconds; 0 where it does not say. */
  readonly wait_ms: number;

  constructor(status: number, code: string, message: string, field?: string, wait_ms = 0) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.field = field;
    this.wait_ms = wait_ms;
  }
}

/** Whatever went wrong, as an `ApiError`. */
export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, 'unexpected', String(error));
}

/** Whether another try may help: nobody answered, or whoever did was busy, restarting or a proxy before nothing. */
export function mayPass(error: ApiError): boolean {
  return error.status === 0 || error.status === 429 || error.status >= 500;
}

/** Whether only a smaller question would be answered. To ask this one again costs as much as it may, and hardly helps. */
export function isTooBig(error: ApiError): boolean {
  return error.status === 422;
}

const retry_ms_first = 1_000;
const retry_ms_max = 30_000;

/** How long to wait before the next try after so many failures. */
export function retryDelay_ms(failures: number): number {
  return Math.min(retry_ms_max, retry_ms_first * 2 ** Math.max(0, failures - 1));
}
