package io.millrace.conformance.cluster;

import io.millrace.cli.cluster.local.ClusterPlan;
import io.millrace.cli.cluster.local.Launch;
import io.millrace.cli.cluster.local.NodePlace;
import io.millrace.cli.cluster.local.NodeSoftware;
import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.Finished;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Repository;
import io.millrace.conformance.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// Node software on machines whose disks and clocks can be broken.
///
/// Owned by: the test.
final class Machines implements NodeSoftware {
    private static final String SOURCE = "conformance/src/test/native/faulty-machine.c";
    private static final Duration COMPILE_MAX = Duration.ofSeconds(60);

    private final NodeSoftware software;
    private final Path library;
    private final int disks;
    private final Map<Integer, Machine> machines = new HashMap<>();

    private Machines(NodeSoftware software, Path library, int disks) {
        this.software = software;
        this.library = library;
        this.disks = disks;
    }

    /// Skips the test where there is no C compiler.
    ///
    /// @param disks how many each node has; Kafka is told of one
    static Machines under(NodeSoftware software, int disks) throws IOException {
        return ifPossible(software, disks)
                .orElseThrow(() -> Skip.because("breaking a disk or a clock needs a C compiler (cc)"));
    }

    /// Empty where there is no C compiler.
    static Optional<Machines> ifPossible(NodeSoftware software, int disks) throws IOException {
        Optional<Path> library = library();
        return library.map(built -> new Machines(software, built, disks));
    }

    /// Compiles what every process is to load.
    static Optional<Path> library() throws IOException {
        if (!isThere("cc")) {
            return Optional.empty();
        }
        Path built = Repository.file("conformance/target/faulty-machine.so");
        Path fresh = Files.createTempFile(built.getParent(), "faulty-machine", ".so");
        List<String> flags = List.of("-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror");
        var command = new ArrayList<>(List.of("cc"));
        command.addAll(flags);
        command.addAll(List.of("-o", fresh.toString(), Repository.file(SOURCE).toString(), "-ldl"));
        Finished compiled = Programs.run(COMPILE_MAX, command);
        if (compiled.exit() != 0) {
            throw new IOException("the faulty machine can not be compiled: " + compiled.err());
        }
        return Optional.of(Files.move(fresh, built, StandardCopyOption.ATOMIC_MOVE));
    }

    private static boolean isThere(String program) {
        for (String folder : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    /// What a process that is to see the machine has to be started with.
    static Map<String, String> environment(Path library, Machine machine) {
        return Map.of(
                "LD_PRELOAD",
                library.toString(),
                "FAULTY_MACHINE_PAGE",
                machine.file().toString());
    }

    Machine of(int id) {
        return machines.get(id);
    }

    @Override
    public String name() {
        return software.name();
    }

    @Override
    public void prepare(ClusterPlan plan, NodePlace place) throws IOException, InterruptedException {
        Path data = place.data();
        List<Path> folders = disks == 1
                ? List.of(data)
                : IntStream.rangeClosed(1, disks)
                        .mapToObj(disk -> data.resolve("disk-" + disk))
                        .toList();
        machines.put(place.id(), new Machine(place.folder().resolve("machine"), data, folders));
        software.prepare(plan, place);
    }

    @Override
    public Launch launch(ClusterPlan plan, NodePlace place) {
        Launch launch = software.launch(plan, place);
        Machine machine = machines.get(place.id());
        var environment = new HashMap<>(launch.environment());
        environment.putAll(environment(library, machine));
        return new Launch(onDisks(launch.command(), place, machine), environment);
    }

    /// Millrace's `--data` takes a list.
    private List<String> onDisks(List<String> command, NodePlace place, Machine machine) {
        if (disks == 1 || BrokerKind.underTest() == BrokerKind.KAFKA) {
            return command;
        }
        List<String> folders = machine.disks().stream().map(Path::toString).toList();
        return command.stream()
                .map(word -> word.equals(place.data().toString()) ? String.join(",", folders) : word)
                .toList();
    }
}
