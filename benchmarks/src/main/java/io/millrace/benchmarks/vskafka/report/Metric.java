package io.millrace.benchmarks.vskafka.report;

/// A figure a run can yield, with the heading, the digits and the direction its column needs.
public enum Metric {
    RECORDS_PER_SECOND("rec/s", 0, Better.HIGHER),
    P50_MS("p50 ms", 3, Better.LOWER),
    P99_MS("p99 ms", 3, Better.LOWER),
    P999_MS("p99.9 ms", 3, Better.LOWER),
    QUIET_P99_MS("p99 ms before", 3, Better.LOWER),
    DECLARES_PER_SECOND("declares/s", 0, Better.HIGHER),
    CPU_SECONDS_PER_MILLION("CPU s/M", 3, Better.LOWER),
    CPU_MICROS_PER_REQUEST("CPU us/req", 1, Better.LOWER),
    RSS_MB("RSS MB", 0, Better.LOWER),
    CLIENT_MICROS_PER_REQUEST("client us/req", 2, Better.NEITHER),
    NEIGHBOUR_MB_PER_SECOND("neighbour MB/s", 0, Better.NEITHER),
    FIRST_APPENDS_SECONDS("first appends s", 2, Better.LOWER),
    CREATE_SECONDS("create s", 2, Better.LOWER),
    STOP_SECONDS("stop s", 2, Better.LOWER),
    CLEAN_RESTART_SECONDS("clean restart s", 2, Better.LOWER),
    KILL_RESTART_SECONDS("kill -9 restart s", 2, Better.LOWER),
    START_SECONDS("start s", 2, Better.LOWER),
    START_CPU_SECONDS("start CPU s", 2, Better.LOWER),
    LEADERS_SECONDS("all led again s", 2, Better.LOWER),
    WRITES_SECONDS("sample written s", 2, Better.LOWER),
    IN_SYNC_SECONDS("restart to in sync s", 2, Better.LOWER),
    IDLE_CPU_PERCENT("idle CPU %", 2, Better.LOWER);

    private final String heading;
    private final int decimals;
    private final Better better;

    Metric(String heading, int decimals, Better better) {
        this.heading = heading;
        this.decimals = decimals;
        this.better = better;
    }

    /// The column heading, with its unit.
    public String heading() {
        return heading;
    }

    /// Digits after the point when printed.
    public int decimals() {
        return decimals;
    }

    /// Which direction is an improvement.
    public Better better() {
        return better;
    }

    /// Which way a figure should move. `NEITHER` marks a figure that judges the load, not the broker.
    public enum Better {
        HIGHER,
        LOWER,
        NEITHER
    }
}
