package io.millrace.benchmarks.vskafka.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What Linux tells about a process in `/proc/PID`: see proc_pid_stat(5) and proc_pid_status(5).
public final class ProcStat {
    /// `sysconf(_SC_CLK_TCK)`: 100 on every Linux a JDK 25 runs on.
    private static final double TICKS_PER_SECOND = 100;

    /// Fields of stat(5) counted from the state field, which follows the command's closing parenthesis.
    private static final int UTIME = 11;

    private static final int STIME = 12;

    private ProcStat() {}

    /// User and system CPU seconds of all threads, ended ones included.
    public static double cpuSeconds(long pid) throws IOException {
        return parseCpuSeconds(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
    }

    /// Resident memory in kB, mapped file pages included.
    public static long rssKb(long pid) throws IOException {
        return parseRssKb(Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")));
    }

    static double parseCpuSeconds(String stat) {
        // The command may hold spaces and parentheses itself, so the last one ends it.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) / TICKS_PER_SECOND;
    }

    static long parseRssKb(List<String> status) {
        for (String line : status) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IllegalArgumentException("no VmRSS line: the process has ended");
    }
}
