package io.millrace.cli.doctor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Looks for partition folders that a node has set aside because no metadata knows them.
final class StrayLook {
    private static final int NAMED_MAX = 3;

    private final Path folder;

    StrayLook(Path folder) {
        this.folder = folder;
    }

    Diagnosis look() {
        String what = "strays in " + folder;
        try {
            List<Path> strays = strays();
            if (strays.isEmpty()) {
                return Diagnosis.good(what, "none");
            }
            long bytes = 0;
            for (Path stray : strays) {
                bytes += bytesIn(stray);
            }
            List<Path> named = strays.subList(0, Math.min(NAMED_MAX, strays.size())).stream()
                    .map(Path::getFileName)
                    .toList();
            return Diagnosis.fair(
                    what,
                    "%d folders, %d MiB: %s%s"
                            .formatted(strays.size(), bytes >> 20, named, strays.size() > NAMED_MAX ? " ..." : ""),
                    "no topic knows them and nobody deletes them: look with `millrace log dump`, then remove them");
        } catch (IOException refused) {
            return Diagnosis.bad(what, "can not be listed: " + refused, "the folder's rights");
        }
    }

    private List<Path> strays() throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> names = Files.newDirectoryStream(folder, "*.*-stray")) {
                names.forEach(found::add);
            }
        }
        found.sort(null);
        return found;
    }

    private static long bytesIn(Path stray) throws IOException {
        long bytes = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(stray)) {
            for (Path file : files) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }
}
