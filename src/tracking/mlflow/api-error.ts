/** The server's answer was a refusal. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status. */
  readonly statusCode: number;
  /** MLflow's own word for it, as in `RESOURCE_DOES_NOT_EXIST`, where the answer had one. */
  readonly errorCode: string | undefined;

  constructor(message: string, statusCode: number, errorCode?: string) {
    super(message);
    this.statusCode = statusCode;
    this.errorCode = errorCode;
  }
}

/** No answer came: the server is down, unreachable or too slow. Whether it acted on the request is unknown. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

const longest = 500;

/**
 * Makes the error of an answer that is not a success. MLflow says `{error_code, message}`, but its web
 * framework answers HTML for unknown routes, plain text for 401 and 403, and `{detail}` when overloaded; a proxy
 * answers what it likes.
 *
 * @param request what was asked, as in `POST runs/create`
 */
export function apiErrorOf(request: string, status: number, body: string): ApiError {
  const { message, errorCode } = explanation(body);
  const help = helpFor(status);
  const parts = [`MLflow refused ${request} (HTTP ${status})`, message, help].filter((part) => part !== '');
  return new ApiError(parts.join(': '), status, errorCode);
}

function explanation(body: string): { message: string; errorCode?: string } {
  const parsed = parse(body);
  if (parsed === undefined) return { message: clip(withoutMarkup(body)) };
  const message = [parsed['message'], parsed['detail']].find((text) => typeof text === 'string') ?? '';
  const errorCode = parsed['error_code'];
  return { message: clip(message), ...(typeof errorCode === 'string' ? { errorCode } : {}) };
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** A page's text; without its title where that stands on the page itself, too. */
function withoutMarkup(page: string): string {
  const [, title = ''] = /<title>([^<]*)<\/title>/i.exec(page) ?? [];
  const text = page
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const body = text.slice(title.length).trim();
  return title !== '' && text.startsWith(title) && body.includes(title) ? body : text;
}

function clip(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function helpFor(status: number): string {
  switch (status) {
    case 401:
      return 'set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN';
    case 403:
      return 'the account has no permission for it';
    case 413:
      return 'a proxy before the server takes no request of this size';
    default:
      return '';
  }
}
