package io.millrace.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Looks at the JVM, the limits of the process, memory and the clock.
final class MachineLook {
    private static final int JAVA_MIN = 25;
    private static final long OPEN_FILES_WANTED = 65_536;
    private static final long MEMORY_MIN_MIB = 512;

    private MachineLook() {}

    static List<Diagnosis> all() {
        return List.of(java(), cores(), memory(), openFiles(), clock());
    }

    private static Diagnosis java() {
        String found = Runtime.version() + " (" + System.getProperty("java.home") + ")";
        return Runtime.version().feature() >= JAVA_MIN
                ? Diagnosis.good("java", found)
                : Diagnosis.bad("java", found, "needs " + JAVA_MIN + " or later");
    }

    private static Diagnosis cores() {
        int cores = Runtime.getRuntime().availableProcessors();
        return cores >= 2
                ? Diagnosis.good("cores", Integer.toString(cores))
                : Diagnosis.fair("cores", Integer.toString(cores), "network and disk share one core");
    }

    private static Diagnosis memory() {
        Optional<Long> kib = number(Path.of("/proc/meminfo"), "MemAvailable:");
        if (kib.isEmpty()) {
            return Diagnosis.fair("memory", "unknown", "this system does not tell");
        }
        long mib = kib.get() / 1024;
        return mib >= MEMORY_MIN_MIB
                ? Diagnosis.good("memory", mib + " MiB available")
                : Diagnosis.fair("memory", mib + " MiB available", "reads will come from disk: free some");
    }

    private static Diagnosis openFiles() {
        Optional<Long> limit = number(Path.of("/proc/self/limits"), "Max open files");
        if (limit.isEmpty()) {
            return Diagnosis.fair("open files", "unknown", "this system does not tell");
        }
        String found = limit.get() + " allowed";
        return limit.get() >= OPEN_FILES_WANTED
                ? Diagnosis.good("open files", found)
                : Diagnosis.fair(
                        "open files", found, "ulimit -n " + OPEN_FILES_WANTED + " for many connections and partitions");
    }

    /// Retention and timestamps need a sane clock; a step back of it is harmless, a wrong year is not.
    private static Diagnosis clock() {
        Instant now = Instant.now();
        String source = firstLine(Path.of("/sys/devices/system/clocksource/clocksource0/current_clocksource"));
        String found = now + (source.isEmpty() ? "" : ", source " + source);
        if (now.isBefore(Instant.parse("2026-01-01T00:00:00Z"))) {
            return Diagnosis.bad("clock", found, "it is in the past: retention would go wrong; set it, run NTP");
        }
        return source.equals("hpet") || source.equals("acpi_pm")
                ? Diagnosis.fair("clock", found, "slow to read; tsc or kvm-clock is better")
                : Diagnosis.good("clock", found);
    }

    /// The first number after a label in one of the kernel's tables.
    private static Optional<Long> number(Path table, String label) {
        try {
            return Files.readAllLines(table).stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(label.toLowerCase(Locale.ROOT)))
                    .map(line -> line.substring(label.length()).strip().split("\\s+", 2)[0])
                    .map(text -> text.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(text))
                    .findFirst();
        } catch (IOException | NumberFormatException notThere) {
            return Optional.empty();
        }
    }

    private static String firstLine(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException notThere) {
            return "";
        }
    }
}
