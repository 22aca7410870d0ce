package io.millrace.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What it costs to make many logs durable: one file after the other, or all at once from several threads. The figures
/// stand in `docs/adr/0005-group-fsync.md`.
///
/// Usage: `java ... GroupFsync FOLDER`
public final class GroupFsync {
    private static final int WRITE_BYTES = 4096;
    private static final int ROUNDS = 60;
    private static final int THREADS = 16;

    private GroupFsync() {}

    public static void main(String[] args) throws IOException, InterruptedException, ExecutionException {
        Path folder = Files.createTempDirectory(Path.of(args[0]), "group-fsync");
        System.out.println("| dirty files | one after the other, ms | " + THREADS + " threads, ms | ratio |");
        System.out.println("|---|---|---|---|");
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int count : new int[] {1, 4, 16, 100, 1000}) {
                List<FileChannel> files = open(folder, count);
                double alone = median(files, GroupFsync::inSequence);
                double together = median(files, all -> inParallel(all, threads));
                System.out.printf("| %d | %.2f | %.2f | %.1f |%n", count, alone, together, alone / together);
                close(files);
            }
        }
        try (var left = Files.list(folder)) {
            for (Path file : left.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private interface Sync {
        void run(List<FileChannel> files) throws IOException, InterruptedException, ExecutionException;
    }

    private static double median(List<FileChannel> files, Sync sync)
            throws IOException, InterruptedException, ExecutionException {
        int rounds = Math.max(5, ROUNDS / Math.max(1, files.size() / 16));
        double[] times = new double[rounds];
        ByteBuffer page = ByteBuffer.allocateDirect(WRITE_BYTES);
        for (int round = 0; round < rounds; round++) {
            for (FileChannel file : files) {
                file.write(page.clear());
            }
            long start = System.nanoTime();
            sync.run(files);
            times[round] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(times);
        return times[rounds / 2];
    }

    private static void inSequence(List<FileChannel> files) throws IOException {
        for (FileChannel file : files) {
            file.force(false);
        }
    }

    private static void inParallel(List<FileChannel> files, ExecutorService threads)
            throws InterruptedException, ExecutionException {
        List<Callable<Boolean>> jobs = new ArrayList<>();
        for (FileChannel file : files) {
            jobs.add(() -> {
                file.force(false);
                return true;
            });
        }
        for (Future<Boolean> done : threads.invokeAll(jobs)) {
            done.get();
        }
    }

    private static List<FileChannel> open(Path folder, int count) throws IOException {
        List<FileChannel> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(
                    FileChannel.open(folder.resolve("log-" + i), StandardOpenOption.CREATE, StandardOpenOption.APPEND));
        }
        return files;
    }

    private static void close(List<FileChannel> files) throws IOException {
        for (FileChannel file : files) {
            file.close();
        }
    }
}
