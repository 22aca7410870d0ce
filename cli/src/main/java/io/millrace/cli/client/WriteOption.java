package io.millrace.cli.client;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerConfig;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// How records are written: the same for every command that produces.
public final class WriteOption {
    /// The codecs every broker knows.
    enum Codec {
        NONE,
        GZIP,
        SNAPPY,
        LZ4,
        ZSTD;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = {"-a", "--acks"},
            paramLabel = "N",
            converter = Acks.class,
            description = "0, 1 or all (default: ${DEFAULT-VALUE}).")
    private String acks = "all";

    @Option(
            names = {"-z", "--compression"},
            paramLabel = "CODEC",
            converter = Codecs.class,
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Codec compression = Codec.NONE;

    /// As the producer's settings.
    public Map<String, String> settings() {
        return Map.of(
                ProducerConfig.ACKS_CONFIG,
                acks,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                compression.toString(),
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                Boolean.toString(acks.equals("all")));
    }

    /// Says the codecs as they are written, which picocli does not.
    static final class Codecs implements ITypeConverter<Codec> {
        @Override
        public Codec convert(String text) {
            return Stream.of(Codec.values())
                    .filter(codec -> codec.toString().equalsIgnoreCase(text))
                    .findFirst()
                    .orElseThrow(() ->
                            new TypeConversionException("'" + text + "' is none of none, gzip, snappy, lz4 and zstd"));
        }
    }

    /// Refuses what the producer would refuse.
    static final class Acks implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            return switch (text) {
                case "0", "1", "all" -> text;
                case "-1" -> "all";
                default -> throw new TypeConversionException("'" + text + "' is none of 0, 1 and all");
            };
        }
    }
}
