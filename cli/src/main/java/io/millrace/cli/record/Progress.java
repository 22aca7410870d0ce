package io.millrace.cli.record;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// How far a transfer is, with its rate, on stderr so that it never mixes with data.
interface Progress extends AutoCloseable {
    /// Shows nothing.
    Progress NONE = new Progress() {
        @Override
        public void step(long bytes) {}

        @Override
        public void close() {}
    };

    /// So many more bytes are through. Called by any thread.
    void step(long bytes);

    @Override
    void close();

    /// Whether somebody looks at stderr, which `bin/millrace` finds out: Java can not.
    static boolean hasTerminal() {
        return Boolean.getBoolean("millrace.stderr.terminal");
    }

    /// A bar of bytes.
    ///
    /// @param total all there will be, -1 when nobody knows
    static Progress bar(String name, long total) {
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(total)
                .setUnit(" KiB", 1024)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .setConsumer(new ConsoleProgressBarConsumer(System.err, 100))
                .showSpeed()
                .build();
        return new Progress() {
            @Override
            public void step(long bytes) {
                bar.stepBy(bytes);
            }

            @Override
            public void close() {
                bar.close();
            }
        };
    }
}
