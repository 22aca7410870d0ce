package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.conformance.Finished;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The machines that faults are made of, seen by programs nobody here wrote.
final class MachineConformance {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private Path disk;
    private Path library;
    private Machine machine;

    @BeforeEach
    void make() throws IOException {
        library = Machines.library().orElseThrow(() -> Skip.because("there is no C compiler (cc)"));
        disk = Files.createDirectory(folder.resolve("disk"));
        machine = new Machine(folder.resolve("machine"), disk, List.of(disk));
    }

    private Finished sh(String command) {
        return Programs.run(LIMIT, List.of("sh", "-c", command), "", Machines.environment(library, machine));
    }

    private Finished copy(Path to, String flags) {
        return sh("dd if=/dev/zero of=" + to + " bs=1000 count=10 " + flags);
    }

    @Test
    void aHealthyDiskTakesEverything() {
        assertThat(copy(disk.resolve("file"), "conv=fsync").exit()).isZero();
        assertThat(disk.resolve("file")).hasSize(10_000);
    }

    @Test
    void aDiskThatDoesNotSyncTakesWritesAndSaysSoAtTheSync() {
        machine.failSyncs(disk);

        assertThat(copy(disk.resolve("file"), "").exit()).isZero();
        assertThat(copy(disk.resolve("file"), "conv=fsync").err()).contains("Input/output error");
        assertThat(copy(disk.resolve("file"), "conv=fdatasync").err()).contains("Input/output error");
        assertThat(copy(folder.resolve("elsewhere"), "conv=fsync").exit()).isZero();
        machine.healDisks();
        assertThat(copy(disk.resolve("file"), "conv=fsync").exit()).isZero();
    }

    @Test
    void aFailedDiskIsNeitherReadNorWritten() throws IOException {
        Path file = Files.writeString(disk.resolve("file"), "text");
        machine.fail(disk);

        assertThat(copy(file, "conv=notrunc").err()).contains("Input/output error");
        assertThat(sh("dd if=" + file).err()).contains("Input/output error");
        machine.healDisks();
        assertThat(sh("dd if=" + file).out()).isEqualTo("text");
    }

    @Test
    void aFullDiskTakesWhatStillFits() {
        machine.fill(2_500);

        assertThat(copy(disk.resolve("file"), "").err()).contains("No space left");
        assertThat(disk.resolve("file")).hasSize(2_500);
    }

    @Test
    void aSlowDiskTakesItsTime() {
        machine.slowSyncs(Duration.ofMillis(300));
        long beginNs = System.nanoTime();

        assertThat(copy(disk.resolve("file"), "conv=fsync").exit()).isZero();

        assertThat(Duration.ofNanos(System.nanoTime() - beginNs)).isGreaterThan(Duration.ofMillis(300));
    }

    @Test
    void theClockIsWhereItWasSet() {
        machine.setClockAhead(Duration.ofHours(5));
        assertThat(now()).isAfter(Instant.now().plus(Duration.ofHours(4)));
        machine.setClockAhead(Duration.ofHours(-5));
        assertThat(now()).isBefore(Instant.now().minus(Duration.ofHours(4)));
        machine.setClockAhead(Duration.ZERO);
        assertThat(now())
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
    }

    /// What a node asks: the JVM, not a program beside it.
    @Test
    void theJvmSeesTheClockAndTheRoomThatIsLeft() throws IOException {
        machine.fill(1 << 20);
        machine.setClockAhead(Duration.ofDays(400));
        Path program = Files.writeString(folder.resolve("Look.java"), """
                void main() {
                    IO.println(new java.io.File("%s").getUsableSpace());
                    IO.println(java.time.Instant.now().toEpochMilli());
                }
                """.formatted(disk));

        List<String> seen = sh(Programs.java() + " " + program).out().lines().toList();

        assertThat(Long.parseLong(seen.getFirst())).isEqualTo(1 << 20);
        assertThat(Instant.ofEpochMilli(Long.parseLong(seen.getLast())))
                .isAfter(Instant.now().plus(Duration.ofDays(399)));
    }

    private Instant now() {
        return Instant.ofEpochSecond(Long.parseLong(sh("date +%s").out().strip()));
    }
}
