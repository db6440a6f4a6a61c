import { statfs } from 'node:fs/promises';

import { megabyte, percentage, type Gauge } from './gauge.js';

/** How full the file system is that holds a folder. */
export function diskGauge(folder: string): Gauge {
  return async () => {
    const { blocks, bfree, bavail, bsize } = await statfs(folder);
    const used = (blocks - bfree) * bsize;
    const available = bavail * bsize;
    return {
      // Of what users may fill, as `df` and MLflow count: blocks that are kept for the system are in neither number.
      disk_usage_percentage: percentage(used, used + available),
      disk_usage_megabytes: used / megabyte,
      disk_available_megabytes: available / megabyte,
    };
  };
}
