package io.millrace.conformance.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// What goes wrong when, all of it from a seed. Faults may overlap, so that no majority may be left for a while.
///
/// @param steps in the order they begin
record FaultSchedule(long seed, List<Step> steps) {
    private static final int STEPS_MIN = 3;
    private static final int STEPS_MAX = 5;
    private static final int PAUSE_MS_MAX = 1_500;
    private static final int LAST_MS_MIN = 200;
    private static final int LAST_MS_MAX = 4_000;
    private static final long SLOW_MS_MAX = 150;
    private static final long SLOW_DISK_MS_MAX = 1_000;
    private static final long DAY_MINUTES = 24 * 60;

    /// Kafka's default refuses records from later than an hour ahead.
    private static final long BACK_MINUTES_MAX = 50;

    /// Nothing, less than what nodes keep back for themselves, and more.
    private static final List<Long> ROOMS = List.of(0L, 1L << 20, 16L << 20, 40L << 20);

    private static final List<Fault.Victim> VICTIMS = List.of(Fault.Victim.values());

    /// One fault.
    ///
    /// @param afterMs when it begins, from the begin of the one before
    /// @param lastsMs how long it lasts
    record Step(long afterMs, Fault fault, long lastsMs) {}

    static FaultSchedule of(long seed) {
        var random = new Random(seed);
        var steps = new ArrayList<Step>();
        int count = random.nextInt(STEPS_MIN, STEPS_MAX + 1);
        for (int i = 0; i < count; i++) {
            long lastsMs = random.nextLong(LAST_MS_MIN, LAST_MS_MAX);
            // Two of three begin when the one before is over
            long beforeMs = steps.isEmpty() || random.nextInt(3) == 0
                    ? 0
                    : steps.getLast().lastsMs();
            steps.add(new Step(beforeMs + random.nextInt(PAUSE_MS_MAX), fault(random), lastsMs));
        }
        return new FaultSchedule(seed, List.copyOf(steps));
    }

    private static Fault fault(Random random) {
        Fault.Victim victim = VICTIMS.get(random.nextInt(VICTIMS.size()));
        return switch (random.nextInt(13)) {
            case 0, 1 -> new Fault.Kill(victim);
            case 2 -> new Fault.Stop(victim);
            case 3, 4 -> new Fault.Pause(victim);
            case 5 -> new Fault.Isolate(victim);
            case 6 -> new Fault.Deafen(victim);
            case 7 -> new Fault.Slow(victim, random.nextLong(1, SLOW_MS_MAX));
            case 8, 9 -> new Fault.SlowDisk(victim, random.nextLong(1, SLOW_DISK_MS_MAX));
            case 10 -> new Fault.FailDisk(victim);
            case 11 -> new Fault.FillDisk(victim, ROOMS.get(random.nextInt(ROOMS.size())));
            default -> new Fault.MoveClock(victim, random.nextLong(-BACK_MINUTES_MAX, DAY_MINUTES));
        };
    }
}
