package io.millrace.log.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

/// What an operator reads when the file system refuses.
class StorageExceptionTest {
    @Test
    void theReasonIsToldWhereTheFileSystemNamesOnlyThePath() {
        assertThat(told(new NoSuchFileException("/a"))).isEqualTo("can not open /a: no such file or folder");
        assertThat(told(new AccessDeniedException("/a/.lock")))
                .isEqualTo("can not open /a: /a/.lock: permission denied");
        assertThat(told(new FileAlreadyExistsException("/a")))
                .isEqualTo("can not open /a: there is a file of that name");
    }

    @Test
    void itsOwnReasonIsLeftAsItIs() {
        assertThat(told(new FileSystemException("/a/b", null, "Read-only file system")))
                .isEqualTo("can not open /a: /a/b: Read-only file system");
    }

    private static String told(IOException refusal) {
        return StorageException.refused("can not open", "/a", refusal).getMessage();
    }
}
