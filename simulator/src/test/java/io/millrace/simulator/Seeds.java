package io.millrace.simulator;

import io.millrace.simulator.Simulation.Outcome;
import java.util.ArrayList;
import java.util.List;

/// Runs seeds one after the other and says in one line how it went; also the long run's program.
final class Seeds {
    private Seeds() {}

    /// @param args the first seed, and how many
    public static void main(String[] args) {
        long first = Long.parseLong(args[0]);
        int count = Integer.parseInt(args[1]);
        List<Failure> failures = new ArrayList<>();
        long startNs = System.nanoTime();
        long events = 0;
        long acknowledged = 0;
        for (long seed = first; seed < first + count; seed++) {
            try {
                Simulation simulation = new Simulation(seed);
                if (args.length > 2) {
                    simulation.world().trace().tellEverything();
                }
                Outcome outcome = simulation.run();
                events += outcome.events();
                acknowledged += outcome.acknowledged();
                if (args.length > 2 || count <= 20) {
                    System.out.println(outcome);
                }
            } catch (Failure failure) {
                failures.add(failure);
                String why = String.valueOf(failure.getCause());
                System.out.println(
                        "FAILED " + seed + " " + why.lines().findFirst().orElse(""));
                if (count == 1) {
                    failure.printStackTrace(System.out);
                }
            }
        }
        double seconds = (System.nanoTime() - startNs) / 1e9;
        System.out.printf(
                "seeds=%d failed=%d acknowledged=%d events=%d seconds=%.1f seeds/s=%.1f%n",
                count, failures.size(), acknowledged, events, seconds, count / seconds);
    }
}
