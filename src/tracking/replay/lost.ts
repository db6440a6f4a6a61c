import { ApiError, ConnectionError } from '../mlflow/api-error.js';

/** Whether the server may have done what was asked although it did not say so. */
export function isLost(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof ApiError && error.statusCode >= 500);
}

export function isAlreadyThere(error: unknown): boolean {
  return error instanceof ApiError && error.errorCode === 'RESOURCE_ALREADY_EXISTS';
}
