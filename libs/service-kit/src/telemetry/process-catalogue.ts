import { gauge, histogram, type MetricDefinitions } from './metric-definition.ts'

const seconds = (help: string) => ({ type: 'counter', unit: 'seconds', help }) as const

/** Metrics of every service: our own first, then those of prom-client; some exist on Linux only. */
export const processCatalogue = {
  metrics_traders_left_out: {
    ...gauge('count'),
    help: 'Traders without their own series, because there are more than METRICS_TRADERS_MAX; counted up to 1,000',
    alert: 'above 0, if you want to watch each trader: raise METRICS_TRADERS_MAX',
  },
  nats_connected: {
    ...gauge('yes-or-no'),
    help: '1 while this process is connected to NATS',
    alert: '0 in all processes: NATS is down',
  },
  tls_certificate_expiry_timestamp_seconds: {
    ...gauge('seconds', 'certificate'),
    help: 'When a certificate of this process expires, Unix time: http, which it serves, or nats, with which it connects',
    alert: 'less than 14 days ahead',
  },
  process_cpu_user_seconds_total: seconds('User CPU time'),
  process_cpu_system_seconds_total: seconds('System CPU time'),
  process_cpu_seconds_total: seconds('User and system CPU time'),
  process_start_time_seconds: { ...gauge('seconds'), help: 'When the process started, Unix time' },
  process_resident_memory_bytes: { ...gauge('bytes'), help: 'Resident memory' },
  process_virtual_memory_bytes: { ...gauge('bytes'), help: 'Virtual memory' },
  process_heap_bytes: { ...gauge('bytes'), help: 'Process heap' },
  process_open_fds: { ...gauge('count'), help: 'Open file descriptors' },
  process_max_fds: { ...gauge('count'), help: 'Maximum number of open file descriptors' },
  nodejs_eventloop_lag_seconds: { ...gauge('seconds'), help: 'Event loop lag at the scrape' },
  nodejs_eventloop_lag_min_seconds: { ...gauge('seconds'), help: 'Minimum event loop lag since the last scrape' },
  nodejs_eventloop_lag_max_seconds: { ...gauge('seconds'), help: 'Maximum event loop lag since the last scrape' },
  nodejs_eventloop_lag_mean_seconds: { ...gauge('seconds'), help: 'Mean event loop lag since the last scrape' },
  nodejs_eventloop_lag_stddev_seconds: {
    ...gauge('seconds'),
    help: 'Standard deviation of the event loop lag since the last scrape',
  },
  nodejs_eventloop_lag_p50_seconds: { ...gauge('seconds'), help: 'Median event loop lag since the last scrape' },
  nodejs_eventloop_lag_p90_seconds: {
    ...gauge('seconds'),
    help: '90th percentile of the event loop lag since the last scrape',
  },
  nodejs_eventloop_lag_p99_seconds: {
    ...gauge('seconds'),
    help: '99th percentile of the event loop lag since the last scrape',
    alert: 'above half a second for 5 minutes',
  },
  nodejs_active_resources: {
    ...gauge('count', 'type'),
    help: 'Active resources that keep the event loop alive, by kind',
  },
  nodejs_active_resources_total: { ...gauge('count'), help: 'Active resources that keep the event loop alive' },
  nodejs_active_handles: { ...gauge('count', 'type'), help: 'Active libuv handles, by kind' },
  nodejs_active_handles_total: { ...gauge('count'), help: 'Active libuv handles' },
  nodejs_active_requests: { ...gauge('count', 'type'), help: 'Active libuv requests, by kind' },
  nodejs_active_requests_total: { ...gauge('count'), help: 'Active libuv requests' },
  nodejs_heap_size_total_bytes: { ...gauge('bytes'), help: 'Size of the Node.js heap' },
  nodejs_heap_size_used_bytes: { ...gauge('bytes'), help: 'Used Node.js heap' },
  nodejs_external_memory_bytes: { ...gauge('bytes'), help: 'Node.js memory outside its heap' },
  nodejs_heap_space_size_total_bytes: { ...gauge('bytes', 'space'), help: 'Size of a heap space' },
  nodejs_heap_space_size_used_bytes: { ...gauge('bytes', 'space'), help: 'Used size of a heap space' },
  nodejs_heap_space_size_available_bytes: { ...gauge('bytes', 'space'), help: 'Available size of a heap space' },
  nodejs_version_info: {
    ...gauge('count', 'version', 'major', 'minor', 'patch'),
    help: '1, with the version of Node.js',
  },
  nodejs_gc_duration_seconds: {
    ...histogram('seconds', [0.001, 0.01, 0.1, 1, 2, 5], 'kind'),
    help: 'Garbage collections, by kind',
  },
} as const satisfies MetricDefinitions
