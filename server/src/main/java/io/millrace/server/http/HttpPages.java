package io.millrace.server.http;

import io.millrace.server.metrics.Metrics;
import io.millrace.server.metrics.MetricsPage;
import org.jspecify.annotations.Nullable;

/// What there is to see: `/metrics`, `/health/live`, `/health/ready`.
///
/// Owned by: the HTTP loop.
final class HttpPages {
    /// The version of Prometheus' text format.
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Health health;
    private final Metrics metrics;
    private @Nullable MetricsPage metricsPage;

    HttpPages(Health health, Metrics metrics) {
        this.health = health;
        this.metrics = metrics;
    }

    HttpAnswer answer(String method, String uri) {
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return HttpAnswer.json(405, "{\"error\":\"only GET is answered here\"}");
        }
        int query = uri.indexOf('?');
        return switch (query < 0 ? uri : uri.substring(0, query)) {
            case "/metrics" -> new HttpAnswer(200, METRICS_TYPE, metricsText());
            case "/health/live" -> HttpAnswer.json(200, "{\"status\":\"live\"}");
            case "/health/ready" -> ready();
            default -> HttpAnswer.json(404, "{\"error\":\"there are /metrics, /health/live and /health/ready\"}");
        };
    }

    private HttpAnswer ready() {
        String reason = health.reason();
        int damaged = health.damagedLogs();
        String remark = damaged == 0 ? "" : ",\"damaged_logs\":" + damaged;
        return reason.isEmpty()
                ? HttpAnswer.json(200, "{\"status\":\"ready\"" + remark + "}")
                : HttpAnswer.json(503, "{\"status\":\"not ready\",\"reason\":\"" + quoted(reason) + "\"}");
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ");
    }

    private String metricsText() {
        MetricsPage page = metricsPage;
        if (page == null) {
            page = new MetricsPage(metrics);
            metricsPage = page;
        }
        return page.text();
    }

    void close() {
        if (metricsPage != null) {
            metricsPage.close();
        }
    }
}
