package io.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cluster.config.NodeDefinitions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How a configuration is put together from file, environment and flags, and what an operator is told.
class ConfigLoaderTest {
    @TempDir
    Path folder;

    @Test
    void wantsFilesForAListenerWithTls() {
        assertRefused(ConfigInputs.NONE.withSets(List.of("listeners.amqps=127.0.0.1:5671")))
                .hasMessageContaining("tls.certificate-file");
    }

    @Test
    void nothingSaidGivesTheDefaults() {
        EffectiveConfig effective = ConfigLoader.load(ConfigInputs.NONE);

        assertThat(effective.config()).isEqualTo(ServerConfig.DEFAULT);
        assertThat(effective.values())
                .hasSameSizeAs(ConfigLoader.keys())
                .allMatch(value -> value.source() instanceof ConfigSource.Default);
    }

    @Test
    void theKeysOfTheListenersAndFoldersAreFixedForever() {
        assertThat(ConfigLoader.keys())
                .extracting(ConfigKey::name)
                .contains("listeners.kafka", "listeners.http", "listeners.kafka-advertised", "storage.directories");
    }

    @Test
    void flagsWinOverEnvironmentOverFile() {
        Path file = yaml("network:", "  backlog: 10", "  idle-ms: 20_000", "  in-flight-max: 30");

        EffectiveConfig effective = ConfigLoader.load(ConfigInputs.NONE
                .withFile(file)
                .withEnvironment(Map.of("MILLRACE_NETWORK_BACKLOG", "11", "MILLRACE_NETWORK_IDLE_MS", "21000"))
                .withSets(List.of("network.backlog=12")));

        NetworkConfig network = effective.config().network();
        assertThat(List.of((long) network.backlog(), network.idleMs(), (long) network.inFlightMax()))
                .containsExactly(12L, 21_000L, 30L);
        assertThat(effective.values())
                .contains(
                        new ConfigValue("network.backlog", "12", new ConfigSource.Flag("--set")),
                        new ConfigValue(
                                "network.idle-ms", "21000", new ConfigSource.Environment("MILLRACE_NETWORK_IDLE_MS")),
                        new ConfigValue("network.in-flight-max", "30", new ConfigSource.File(file.toString(), 4)));
    }

    @Test
    void aNodeOfAClusterIsTwoFlags() {
        EffectiveConfig effective =
                ConfigLoader.load(ConfigInputs.NONE.withFlags(Map.of("--node", "2", "--cluster", "a:9190, b:9190")));

        ServerConfig config = effective.config();
        assertThat(config.node().id()).isEqualTo(2);
        assertThat(config.cluster().endpoints()).containsExactly(new Endpoint("a", 9190), new Endpoint("b", 9190));
        assertThat(config.clusterListener()).isEqualTo(new Endpoint("0.0.0.0", 9190));
        assertThat(ServerConfig.DEFAULT.clusterListener().isOff()).isTrue();
    }

    @Test
    void refusesAddressesNodesCanNotFindEachOtherBy() {
        assertRefused(ConfigInputs.NONE.withFlags(Map.of("--cluster", "a:9190,0.0.0.0:9190")))
                .hasMessageContaining("one is 0.0.0.0:9190");
        assertRefused(ConfigInputs.NONE.withFlags(Map.of("--cluster", "a:9190,a:9190")))
                .hasMessageContaining("names an address twice");
        assertRefused(ConfigInputs.NONE.withFlags(Map.of("--cluster", "a"))).hasMessageContaining("HOST:PORT");
        assertRefused(ConfigInputs.NONE.withSets(List.of("cluster.session-timeout-ms=200")))
                .hasMessageContaining("at least twice cluster.heartbeat-ms");
        assertRefused(ConfigInputs.NONE.withSets(List.of("kafka.replica.lag.time.max.ms=5")))
                .hasMessageContaining("must be at least 100, it is 5");
        assertRefused(ConfigInputs.NONE.withSets(List.of("cluster.auto-vote=yes")))
                .hasMessageContaining("cluster.auto-vote must be true or false, it is 'yes'");
        assertRefused(ConfigInputs.NONE.withSets(List.of("listeners.cluster=127.0.0.1:9092")))
                .hasMessageContaining("which is another listener's");
    }

    @Test
    void dataIsShortForTheStorageDirectories() {
        StorageConfig storage =
                ConfigLoader.load(ConfigInputs.NONE.withData("/srv/a")).config().storage();

        assertThat(storage).isEqualTo(StorageConfig.DEFAULT.withDirectories(List.of("/srv/a")));
    }

    @Test
    void aListIsWrittenAsYamlListOrWithCommas() {
        Path file = yaml("storage:", "  directories:", "    - /disk1", "    - /disk2");

        assertThat(List.of(
                        ConfigLoader.load(ConfigInputs.NONE.withFile(file)).config(),
                        ConfigLoader.load(ConfigInputs.NONE.withSets(List.of("storage.directories=/disk1, /disk2")))
                                .config()))
                .extracting(config -> config.storage().directories())
                .containsOnly(List.of("/disk1", "/disk2"));
    }

    @Test
    void anEmptyListenerIsOff() {
        Path file = yaml("listeners:", "  http:", "  amqp:", "  management:", "  kafka: '[::1]:0'");

        ListenersConfig listeners =
                ConfigLoader.load(ConfigInputs.NONE.withFile(file)).config().listeners();

        assertThat(listeners).isEqualTo(new ListenersConfig(new Endpoint("::1", 0), Endpoint.OFF, Endpoint.OFF));
    }

    @Test
    void amqpHasAPortOfItsOwnAndLimits() {
        assertRefused(ConfigInputs.NONE.withSets(List.of("listeners.amqp=0.0.0.0:9092")))
                .hasMessageContaining("listeners.amqp");
        assertRefused(ConfigInputs.NONE.withSets(List.of("amqp.frame-max=4095")))
                .hasMessageContaining("4096");
        assertRefused(ConfigInputs.NONE.withSets(List.of("amqp.channel-max=0")))
                .hasMessageContaining("amqp.channel-max");
    }

    @Test
    void theKafkaListenerCanNotBeOff() {
        assertRefused(ConfigInputs.NONE.withSets(List.of("listeners.kafka=")))
                .hasMessage("listeners.kafka must be HOST:PORT; it can not be off, since the node's own tools speak"
                        + " Kafka's protocol (--set)");
    }

    @Test
    void twoListenersCanNotHaveOnePort() {
        for (String http : List.of("0.0.0.0:9092", "127.0.0.1:9092", "[::]:9092", "somehost:9092")) {
            assertRefused(ConfigInputs.NONE.withSets(List.of("listeners.http=" + http)))
                    .hasMessage("listeners.http is " + http + " and listeners.kafka is 0.0.0.0:9092: one port can not"
                            + " be both (--set)");
        }
        for (String kafka : List.of("127.0.0.1:9644", "[::]:9644")) {
            assertRefused(ConfigInputs.NONE.withSets(List.of("listeners.kafka=" + kafka)));
        }
        for (List<String> apart : List.of(
                List.of("listeners.http=[::1]:9092"),
                List.of("listeners.kafka=127.0.0.1:1000", "listeners.http=127.0.0.2:1000"),
                List.of("listeners.kafka=127.0.0.1:0", "listeners.http=127.0.0.1:0"),
                List.of("listeners.http="))) {
            assertThat(ConfigLoader.load(ConfigInputs.NONE.withSets(apart)).config())
                    .as(apart.toString())
                    .isNotNull();
        }
    }

    @Test
    void whatClientsAreToldMustBeWhereTheyCanConnect() {
        for (String nowhere : List.of("0.0.0.0:9092", "[::]:9092", "[0:0:0:0:0:0:0:0]:9092", "localhost:0")) {
            assertRefused(ConfigInputs.NONE.withSets(List.of("listeners.kafka-advertised=" + nowhere)))
                    .hasMessageStartingWith("listeners.kafka-advertised is what clients connect to")
                    .hasMessageEndingWith(" (--set)");
        }
    }

    @Test
    void oneFolderCanNotBeNamedTwice() throws IOException {
        Path real = Files.createDirectory(folder.resolve("disk"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        for (String second : List.of(real.toString(), real + "/../disk", link.toString())) {
            assertRefused(ConfigInputs.NONE.withData(real + "," + second))
                    .hasMessageStartingWith("storage.directories names one folder twice: " + real + " and " + second)
                    .hasMessageEndingWith(" (--data)");
        }
        assertRefused(ConfigInputs.NONE.withData(real + "/new," + link + "/new"))
                .hasMessageContaining(" are " + real.toRealPath().resolve("new"));
        assertThat(ConfigLoader.load(ConfigInputs.NONE.withData(real + "/a," + link + "/b"))
                        .config()
                        .storage()
                        .directories())
                .hasSize(2);
    }

    @Test
    void aReplicationFactorOneNodeCanNotHaveIsDoubtful() {
        assertThat(ConfigLoader.load(ConfigInputs.NONE.withSets(List.of("kafka.default.replication.factor=3")))
                        .warnings())
                .containsExactly("kafka.default.replication.factor is 3 (--set): every create without a replication"
                        + " factor will fail with INVALID_REPLICATION_FACTOR as long as there is one node");
        assertThat(ConfigLoader.load(ConfigInputs.NONE.withSets(List.of("kafka.default.replication.factor=1")))
                        .warnings())
                .isEmpty();
    }

    @Test
    void oneSimpleListenerOfKafkasIsOneOfOurs() {
        EffectiveConfig effective = ConfigLoader.load(ConfigInputs.NONE.withSets(List.of(
                "kafka.listeners=PLAINTEXT://:19092", "kafka.advertised.listeners=PLAINTEXT://some_host:29092")));

        assertThat(effective.config().listeners())
                .isEqualTo(new ListenersConfig(
                        new Endpoint("0.0.0.0", 19092),
                        ListenersConfig.DEFAULT.amqp(),
                        ListenersConfig.DEFAULT.amqps(),
                        ListenersConfig.DEFAULT.management(),
                        ListenersConfig.DEFAULT.http(),
                        new Endpoint("some_host", 29092),
                        Endpoint.OFF));
        assertThat(effective.withoutEffect()).isEmpty();
        assertRefused(ConfigInputs.NONE.withSets(
                        List.of("kafka.listeners=PLAINTEXT://127.0.0.1:1", "listeners.kafka=127.0.0.1:2")))
                .hasMessageContaining("are one setting and differ");
    }

    @Test
    void whatHasNoEffectNamesTheKeyThatHas() {
        EffectiveConfig effective = ConfigLoader.load(ConfigInputs.NONE.withSets(List.of(
                "kafka.listeners=PLAINTEXT://:9092,CONTROLLER://:9093",
                "kafka.advertised.listeners=SASL_SSL://a:1",
                "kafka.metadata.log.dir=/srv",
                "kafka.num.io.threads=3",
                "kafka.log.dirs=/srv",
                "kafka.node.id=4")));

        assertThat(effective.withoutEffect())
                .extracting(idle ->
                        idle.key() + " " + EffectiveConfig.insteadOf(idle).orElse("-"))
                .containsExactly(
                        "kafka.listeners listeners.kafka",
                        "kafka.advertised.listeners listeners.kafka-advertised",
                        "kafka.metadata.log.dir storage.directories",
                        "kafka.num.io.threads -");
    }

    @Test
    void kafkasOwnNamesPassThroughFromEverySource() {
        Path file = yaml("kafka:", "  log.retention.hours: 24", "  log.segment.bytes: 1048576");

        Map<String, String> kafka = ConfigLoader.load(ConfigInputs.NONE
                        .withFile(file)
                        .withEnvironment(Map.of("MILLRACE_KAFKA_NUM_PARTITIONS", "3"))
                        .withSets(List.of("kafka.log.retention.hours=48")))
                .config()
                .kafka();

        assertThat(kafka)
                .isEqualTo(Map.of("log.retention.hours", "48", "log.segment.bytes", "1048576", "num.partitions", "3"));
    }

    @Test
    void aKafkaNameNobodyKnowsIsRefusedFromEverySource() {
        Path file = yaml("kafka:", "  log.retention.hour: 24");

        assertRefused(ConfigInputs.NONE.withFile(file))
                .hasMessage(file + ":2: unknown key 'kafka.log.retention.hour'. Did you mean"
                        + " 'kafka.log.retention.hours'?");
        assertRefused(ConfigInputs.NONE.withSets(List.of("kafka.num.partition=3")))
                .hasMessage("--set: unknown key 'kafka.num.partition'. Did you mean 'kafka.num.partitions'?");
        assertRefused(ConfigInputs.NONE.withEnvironment(Map.of("MILLRACE_KAFKA_NUM_PARTITION", "3")))
                .hasMessageStartingWith("The environment variable MILLRACE_KAFKA_NUM_PARTITION is no key");
    }

    @Test
    void aSettingMayBeGivenByKafkasNameOrByOurs() {
        ServerConfig byKafkas = ConfigLoader.load(ConfigInputs.NONE.withSets(List.of(
                        "kafka.socket.request.max.bytes=2048",
                        "kafka.connections.max.idle.ms=5000",
                        "kafka.max.connections=11",
                        "kafka.max.connections.per.ip=3",
                        "kafka.group.max.size=7",
                        "kafka.offsets.retention.minutes=2")))
                .config();
        ServerConfig byOurs = ConfigLoader.load(ConfigInputs.NONE.withSets(List.of(
                        "network.frame-bytes-max=2048",
                        "network.idle-ms=5000",
                        "network.connections-max=11",
                        "network.max-connections-per-address=3",
                        "groups.members-max=7",
                        "groups.offsets-retention-ms=120_000")))
                .config();

        assertThat(byKafkas.network()).isEqualTo(byOurs.network());
        assertThat(byKafkas.groups()).isEqualTo(byOurs.groups());
        assertThat(byOurs.byKafkasNames())
                .as("what Kafka's tools are shown")
                .isEqualTo(byKafkas.kafka())
                .isEqualTo(byKafkas.byKafkasNames());
    }

    @Test
    void twoNamesOfOneSettingMustSayTheSame() {
        assertRefused(ConfigInputs.NONE.withSets(List.of("kafka.group.max.size=7", "groups.members-max=8")))
                .hasMessage("kafka.group.max.size (--set) and groups.members-max (--set) are one setting and differ:"
                        + " 7 and 8");
        assertThat(ConfigLoader.load(
                                ConfigInputs.NONE.withSets(List.of("kafka.group.max.size=7", "groups.members-max=7")))
                        .config()
                        .groups()
                        .membersMax())
                .isEqualTo(7);
    }

    @Test
    void everyNameOfKafkasThatHasOneOfOursIsKnownAndHasAKey() {
        List<String> keys = ConfigLoader.keys().stream().map(ConfigKey::name).toList();

        assertThat(KafkaName.ALL).allSatisfy(name -> {
            assertThat(NodeDefinitions.DEFINITIONS.names()).contains(name.kafka());
            assertThat(keys).contains(name.key());
        });
    }

    @Test
    void whatHasNoEffectIsSaid() {
        Path file =
                yaml("kafka:", "  num.io.threads: 4", "  num.partitions: 3", "  listeners: x", "  group.max.size: 9");

        assertThat(ConfigLoader.load(ConfigInputs.NONE.withFile(file)).withoutEffect())
                .extracting(ConfigValue::key)
                .containsExactly("kafka.num.io.threads", "kafka.listeners");
    }

    @Test
    void aValueKafkaWouldRefuseIsRefused() {
        assertRefused(ConfigInputs.NONE.withSets(List.of("kafka.num.partitions=many")))
                .hasMessageStartingWith("kafka.num.partitions (--set): ");
    }

    @Test
    void anUnknownKeyInAFileIsToldWithItsLineAndTheNearestKey() {
        Path file = yaml("# a comment", "listeners:", "  kafak: 127.0.0.1:9092");

        assertRefused(ConfigInputs.NONE.withFile(file))
                .hasMessage(file + ":3: unknown key 'listeners.kafak'. Did you mean 'listeners.kafka'?");
    }

    @Test
    void everyProblemIsToldAtOnce() {
        ConfigInputs inputs = ConfigInputs.NONE
                .withEnvironment(Map.of("MILLRACE_NETWORK_BACKLOGG", "1"))
                .withSets(List.of("idle-ms=5", "zzzzzzzzzzzz=1", "no-assignment", "network.backlog=many"));

        assertRefused(inputs).hasMessage("""
                        The environment variable MILLRACE_NETWORK_BACKLOGG is no key. Did you mean \
                        'MILLRACE_NETWORK_BACKLOG'?
                        --set: unknown key 'idle-ms'. Did you mean 'network.idle-ms'?
                        --set: unknown key 'zzzzzzzzzzzz'. 'millrace config show' lists every key
                        --set needs KEY=VALUE, it is 'no-assignment'
                        network.backlog must be a whole number, it is 'many' (--set)""");
    }

    @Test
    void aValueOutOfRangeIsToldWithWhatIsAllowedAndWhereItWasSaid() {
        Path file = yaml("network:", "  backlog: 0");

        assertRefused(ConfigInputs.NONE.withFile(file))
                .hasMessage("network.backlog must be at least 1, it is 0 (" + file + ":2)");
        assertRefused(ConfigInputs.NONE.withSets(List.of("network.backlog=99999999999")))
                .hasMessage("network.backlog must be -2147483648 to 2147483647, it is '99999999999' (--set)");
        assertRefused(ConfigInputs.NONE.withSets(List.of("listeners.http=localhost:70000")))
                .hasMessage("listeners.http: a port must be 0 to 65535, it is 70000 (--set)");
        assertRefused(ConfigInputs.NONE.withSets(List.of("cluster.nodes=localhost:70000")))
                .hasMessageStartingWith("cluster.nodes: a port must be 0 to 65535, it is 70000");
        assertRefused(ConfigInputs.NONE.withSets(List.of("listeners.http=9092")))
                .hasMessage("listeners.http must be HOST:PORT or empty, it is '9092' (--set)");
    }

    @Test
    void aFileThatCanNotBeUsedIsToldWithItsLine() {
        Path twice = yaml("node:", "  id: 1", "  id: 2");
        Path torn = yaml("node: [1, 2");
        Path noSections = yaml("- node");
        Path missing = folder.resolve("missing.yaml");

        assertRefused(ConfigInputs.NONE.withFile(twice))
                .hasMessage(twice + ":3: node.id is set a second time, first in line 2");
        assertRefused(ConfigInputs.NONE.withFile(torn)).hasMessageStartingWith(torn + ":");
        assertRefused(ConfigInputs.NONE.withFile(noSections)).hasMessageContaining("sections such as");
        assertRefused(ConfigInputs.NONE.withFile(missing)).hasMessage("There is no configuration file " + missing);
    }

    @Test
    void whatIsNotYamlIsToldByTheProblemAndItsLine() {
        Path tab = yaml("network:", "\tidle-ms: 5");
        Path torn = yaml("node: [1, 2");
        Path quote = yaml("node:", "  rack: \"abc", "  id: 3");

        assertRefused(ConfigInputs.NONE.withFile(tab))
                .hasMessage(tab + ":2: not YAML: a line is indented with a tab; only spaces can indent");
        assertRefused(ConfigInputs.NONE.withFile(torn)).hasMessageContaining("expected ',' or ']'");
        assertRefused(ConfigInputs.NONE.withFile(quote)).hasMessageContaining("found unexpected end of stream");
        assertRefused(ConfigInputs.NONE.withFile(folder))
                .hasMessage("The configuration file " + folder + " is a directory");
    }

    @Test
    void aSectionIsNoKeyAndAMistypedOneIsGuessed() {
        Path file = yaml("network: 5");

        assertRefused(ConfigInputs.NONE.withFile(file))
                .hasMessage(file + ":1: 'network' is a section; it takes no value but keys, such as"
                        + " 'network.backlog'");
        assertRefused(ConfigInputs.NONE.withSets(List.of("storge.x=1")))
                .hasMessage("--set: unknown key 'storge.x'. Did you mean the section 'storage'?");
    }

    @Test
    void variablesOfTheLauncherAndOfKubernetesAreNotConfiguration() {
        Map<String, String> environment = Map.of(
                "MILLRACE_OPTS", "-Xmx1g",
                "MILLRACE_SERVICE_HOST", "10.0.0.1",
                "MILLRACE_PORT", "tcp://10.0.0.1:9092",
                "MILLRACE_KAFKA_SERVICE_PORT_PLAIN", "9092",
                "MILLRACE_KAFKA_PORT_9092_TCP_ADDR", "10.0.0.1",
                "PATH", "/bin");

        assertThat(ConfigLoader.load(ConfigInputs.NONE.withEnvironment(environment))
                        .config())
                .isEqualTo(ServerConfig.DEFAULT);
    }

    @Test
    void everyKeyCanBeSetInTheEnvironment() {
        assertThat(ConfigLoader.keys()).allSatisfy(key -> {
            String variable = EnvironmentKeys.variable(key.name());
            EffectiveConfig effective =
                    ConfigLoader.load(ConfigInputs.NONE.withEnvironment(Map.of(variable, key.defaultText())));

            assertThat(effective.values())
                    .contains(new ConfigValue(key.name(), key.defaultText(), new ConfigSource.Environment(variable)));
        });
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(ConfigInputs inputs) {
        return assertThatThrownBy(() -> ConfigLoader.load(inputs)).isInstanceOf(ConfigException.class);
    }

    private Path yaml(String... lines) {
        try {
            return Files.write(Files.createTempFile(folder, "config", ".yaml"), List.of(lines));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
