import type { MetricDefinitions } from './metric-definition.ts'

const gauge = (unit: 'seconds' | 'bytes' | 'count', help: string, labels: readonly string[] = []) =>
  ({ type: 'gauge', unit, help, labels }) as const
const seconds = (help: string) => ({ type: 'counter', unit: 'seconds', help }) as const

/** Metrics of every service: our own first, then those of prom-client; some exist on Linux only. */
export const processCatalogue = {
  metrics_traders_left_out: {
    type: 'gauge',
    unit: 'count',
    help: 'Traders without their own series, because there are more than METRICS_TRADERS_MAX; counted up to 1,000',
    alert: 'above 0, if you want to watch each trader: raise METRICS_TRADERS_MAX',
  },
  nats_connected: {
    type: 'gauge',
    unit: 'yes-or-no',
    help: '1 while this process is connected to NATS',
    alert: '0 in all processes: NATS is down',
  },
  tls_certificate_expiry_timestamp_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: ['certificate'],
    help: 'When a certificate of this process expires, Unix time: http, which it serves, or nats, with which it connects',
    alert: 'less than 14 days ahead',
  },
  process_cpu_user_seconds_total: seconds('User CPU time'),
  process_cpu_system_seconds_total: seconds('System CPU time'),
  process_cpu_seconds_total: seconds('User and system CPU time'),
  process_start_time_seconds: gauge('seconds', 'When the process started, Unix time'),
  process_resident_memory_bytes: gauge('bytes', 'Resident memory'),
  process_virtual_memory_bytes: gauge('bytes', 'Virtual memory'),
  process_heap_bytes: gauge('bytes', 'Process heap'),
  process_open_fds: gauge('count', 'Open file descriptors'),
  process_max_fds: gauge('count', 'Maximum number of open file descriptors'),
  nodejs_eventloop_lag_seconds: gauge('seconds', 'Event loop lag at the scrape'),
  nodejs_eventloop_lag_min_seconds: gauge('seconds', 'Minimum event loop lag since the last scrape'),
  nodejs_eventloop_lag_max_seconds: gauge('seconds', 'Maximum event loop lag since the last scrape'),
  nodejs_eventloop_lag_mean_seconds: gauge('seconds', 'Mean event loop lag since the last scrape'),
  nodejs_eventloop_lag_stddev_seconds: gauge(
    'seconds',
    'Standard deviation of the event loop lag since the last scrape',
  ),
  nodejs_eventloop_lag_p50_seconds: gauge('seconds', 'Median event loop lag since the last scrape'),
  nodejs_eventloop_lag_p90_seconds: gauge('seconds', '90th percentile of the event loop lag since the last scrape'),
  nodejs_eventloop_lag_p99_seconds: {
    ...gauge('seconds', '99th percentile of the event loop lag since the last scrape'),
    alert: 'above half a second for 5 minutes',
  },
  nodejs_active_resources: gauge('count', 'Active resources that keep the event loop alive, by kind', ['type']),
  nodejs_active_resources_total: gauge('count', 'Active resources that keep the event loop alive'),
  nodejs_active_handles: gauge('count', 'Active libuv handles, by kind', ['type']),
  nodejs_active_handles_total: gauge('count', 'Active libuv handles'),
  nodejs_active_requests: gauge('count', 'Active libuv requests, by kind', ['type']),
  nodejs_active_requests_total: gauge('count', 'Active libuv requests'),
  nodejs_heap_size_total_bytes: gauge('bytes', 'Size of the Node.js heap'),
  nodejs_heap_size_used_bytes: gauge('bytes', 'Used Node.js heap'),
  nodejs_external_memory_bytes: gauge('bytes', 'Node.js memory outside its heap'),
  nodejs_heap_space_size_total_bytes: gauge('bytes', 'Size of a heap space', ['space']),
  nodejs_heap_space_size_used_bytes: gauge('bytes', 'Used size of a heap space', ['space']),
  nodejs_heap_space_size_available_bytes: gauge('bytes', 'Available size of a heap space', ['space']),
  nodejs_version_info: gauge('count', '1, with the version of Node.js', ['version', 'major', 'minor', 'patch']),
  nodejs_gc_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['kind'],
    buckets: [0.001, 0.01, 0.1, 1, 2, 5],
    help: 'Garbage collections, by kind',
  },
} as const satisfies MetricDefinitions
