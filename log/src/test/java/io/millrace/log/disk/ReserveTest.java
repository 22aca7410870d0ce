package io.millrace.log.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReserveTest {
    @TempDir
    Path folder;

    @Test
    void recordsThatWouldLeaveTooLittleAreRefused() {
        long usable = folder.toFile().getUsableSpace();
        var disk = new RealDisk(usable / 2);

        assertThatCode(() -> disk.claim(folder.toString(), 1)).doesNotThrowAnyException();
        assertThatThrownBy(() -> disk.claim(folder.toString(), usable * 3 / 4))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No space left for records in " + folder)
                .hasMessageContaining("storage.reserve-bytes");
    }

    @Test
    void theFirstClaimLooksHoweverSmall() {
        var disk = new RealDisk(Long.MAX_VALUE / 2);

        assertThatThrownBy(() -> disk.claim(folder.toString(), 1)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> disk.claim(folder.toString(), 0)).isInstanceOf(IOException.class);
    }

    @Test
    void aFullDiskIsFullUntilAQuarterMoreIsFree() {
        long usable = folder.toFile().getUsableSpace();
        var disk = new RealDisk(usable / 10 * 9);
        assertThatThrownBy(() -> disk.claim(folder.toString(), usable / 5)).isInstanceOf(IOException.class);

        assertThatThrownBy(() -> disk.claim(folder.toString(), 1)).isInstanceOf(IOException.class);
    }

    @Test
    void aDiskIsShortBeforeItIsFull() throws IOException {
        long usable = folder.toFile().getUsableSpace();
        var roomy = new RealDisk(usable / 4);
        var shortOfRoom = new RealDisk(usable / 10 * 7);

        roomy.claim(folder.toString(), 1);
        shortOfRoom.claim(folder.toString(), 1);
        assertThat(roomy.isShort()).isFalse();
        assertThat(shortOfRoom.isShort()).isFalse();

        shortOfRoom.claim(folder.toString(), usable / 5);
        assertThat(shortOfRoom.isShort()).isTrue();
    }

    @Test
    void notesMayUseHalfOfTheReserve() {
        long usable = folder.toFile().getUsableSpace();
        var disk = new RealDisk(usable / 2 * 3);

        assertThatThrownBy(() -> disk.claim(folder.toString(), 1)).isInstanceOf(IOException.class);
        assertThatCode(() -> disk.claimNotes(folder.toString(), 1)).doesNotThrowAnyException();
        assertThatThrownBy(() -> disk.claimNotes(folder.toString(), usable / 2))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No space left for notes in " + folder);
        assertThatCode(() -> disk.claimNotes(folder.toString(), 1)).doesNotThrowAnyException();
    }

    @Test
    void withoutAReserveNobodyIsRefused() {
        assertThatCode(() -> new RealDisk().claim(folder.toString(), Long.MAX_VALUE))
                .doesNotThrowAnyException();
    }
}
