package io.millrace.server;

import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.STATIC;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNCHRONIZED;
import static com.tngtech.archunit.core.domain.JavaModifier.VOLATILE;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// The architecture of design.md, section 3, and the rules of the pure core, checked on the compiled classes of every
/// module below `cli`. What only the sources can tell is checked by [TidyTest].
class ArchitectureTest {
    private static final JavaClasses MILLRACE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.millrace");

    /// Which of our modules each module may use. What is missing here is forbidden.
    private static final Map<String, Set<String>> ARROWS = Map.of(
            "model", Set.of(),
            "log", Set.of("model"),
            "broker", Set.of("model", "log"),
            "cluster", Set.of("model", "log", "broker"),
            "kafka", Set.of("model", "log", "broker"),
            "amqp", Set.of("model", "log", "broker"),
            "console", Set.of("model", "broker", "amqp"),
            "server", Set.of("model", "log", "broker", "cluster", "kafka", "amqp", "console"));

    /// Decisions only: time, chance, threads and I/O are arguments.
    private static final DescribedPredicate<JavaClass> PURE = inside(
                    "model", "broker", "cluster", "kafka", "amqp", "console", "log")
            .and(DescribedPredicate.not(inside(
                    "log.disk", // the disk port's real files, shared with the threads that flush them
                    "cluster.raft"))) // the Raft engine behind the MetadataLog port: it brings its own threads
            .as("pure classes");

    /// One log directory serves the loops of all its partitions: the few maps they share are behind a lock, held for a
    /// look-up.
    private static final DescribedPredicate<JavaClass> SHARED_DISK = DescribedPredicate.describe(
            "the directory all loops share",
            type -> Set.of(
                            "io.millrace.log.OpenLogs",
                            "io.millrace.log.FoundFolders",
                            "io.millrace.log.Checkpoints",
                            "io.millrace.log.DeletionQueue")
                    .contains(type.getName()));

    /// Two positions of a log are read by the thread that writes checkpoints, where an older value is as good; a cold
    /// read asks a segment whether cleaning replaced its files meanwhile.
    private static final DescribedPredicate<JavaClass> SEEN_BY_DISK_THREADS = DescribedPredicate.describe(
            "what disk threads look at",
            type -> Set.of("io.millrace.log.Positions", "io.millrace.log.segment.Segment")
                    .contains(type.getName()));

    /// Types that start threads: the loops themselves, named by their suffix.
    private static final String OWNS_A_THREAD = "io\\.millrace\\.server\\..*Loops?(\\$.*)?";

    @Test
    void modulesUseOnlyWhatTheArrowsAllow() {
        ARROWS.forEach((module, allowed) -> {
            Set<String> forbidden = ARROWS.keySet().stream()
                    .filter(other -> !other.equals(module) && !allowed.contains(other))
                    .collect(Collectors.toSet());
            noClasses()
                    .that(inside(module))
                    .should()
                    .dependOnClassesThat(inside(forbidden.toArray(String[]::new)))
                    .because("the arrows of design.md, section 3, point the other way")
                    .allowEmptyShould(true)
                    .check(MILLRACE);
        });
    }

    @Test
    void everyModuleIsKnownToThisTest() {
        Set<String> modules = MILLRACE.stream()
                .map(type -> type.getPackageName().split("\\.", -1)[2])
                .filter(module -> !module.equals("testkit"))
                .collect(Collectors.toSet());

        assertThat(modules).isEqualTo(ARROWS.keySet());
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.millrace.(**)").should().beFreeOfCycles().check(MILLRACE);
    }

    @Test
    void testkitIsForTests() {
        noClasses()
                .that(DescribedPredicate.not(inside("testkit")))
                .should()
                .dependOnClassesThat(inside("testkit"))
                .check(MILLRACE);
    }

    @Test
    void pureClassesDoNotReachOutside() {
        noClasses()
                .that(PURE)
                .should()
                .dependOnClassesThat(banned("threads, files, sockets, chance and logging", PURE_BANS)
                        .and(DescribedPredicate.not(DISK_ANSWER)))
                .check(MILLRACE);
        noClasses()
                .that(PURE)
                .should()
                .accessTargetWhere(banned("the machine's clocks, chance and environment"))
                .check(MILLRACE);
    }

    @Test
    void pureClassesHaveNoLocks() {
        methods()
                .that()
                .areDeclaredInClassesThat(PURE.and(DescribedPredicate.not(SHARED_DISK)))
                .should()
                .notHaveModifier(SYNCHRONIZED)
                .allowEmptyShould(true)
                .check(MILLRACE);
        fields().that()
                .areDeclaredInClassesThat(PURE.and(DescribedPredicate.not(SEEN_BY_DISK_THREADS)))
                .should()
                .notHaveModifier(VOLATILE)
                .allowEmptyShould(true)
                .check(MILLRACE);
    }

    @Test
    void nettyStaysInTheServer() {
        noClasses()
                .that(DescribedPredicate.not(inside("server", "amqp.codec", "amqp.session")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(MILLRACE);
        noClasses()
                .that(inside("amqp.codec", "amqp.session"))
                .should()
                .dependOnClassesThat(banned("what Netty does beside buffers", Set.of("io.netty."))
                        .and(DescribedPredicate.not(banned("its buffers", Set.of("io.netty.buffer.")))))
                .because("a codec of ours is over ByteBuf, and its session hands bodies on")
                .check(MILLRACE);
    }

    @Test
    void theRaftEngineStaysInOnePackage() {
        noClasses()
                .that(DescribedPredicate.not(inside("cluster.raft")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.kafka.raft..", "org.apache.kafka.server..", "org.apache.kafka.storage..")
                .because("the engine is hidden behind the MetadataLog port (design.md, section 5)")
                .check(MILLRACE);
    }

    @Test
    void onlyLoopsStartThreads() {
        noClasses()
                .that()
                .haveNameNotMatching(OWNS_A_THREAD)
                .and(DescribedPredicate.not(inside("cluster.raft")))
                .and(DescribedPredicate.not(inside("testkit")))
                .should()
                .accessTargetWhere(startsThreads())
                .because("a thread belongs to a named loop of the server")
                .check(MILLRACE);
    }

    @Test
    void loopsLiveInTheServer() {
        classes()
                .that()
                .haveSimpleNameEndingWith("Loop")
                .and()
                .areNotInterfaces()
                .and(DescribedPredicate.not(inside("testkit")))
                .should()
                .resideInAPackage("io.millrace.server..")
                .allowEmptyShould(true)
                .check(MILLRACE);
    }

    @Test
    void nothingStaticChanges() {
        fields().that()
                .haveModifier(STATIC)
                .should()
                .haveModifier(FINAL)
                .allowEmptyShould(true)
                .check(MILLRACE);
        fields().that()
                .haveModifier(STATIC)
                .should()
                .notHaveRawType(banned("types that change", STATE_TYPES).and(DescribedPredicate.not(FIELD_UPDATER)))
                .allowEmptyShould(true)
                .check(MILLRACE);
    }

    @Test
    void everyPackageIsNullMarked() {
        List<String> unmarked = new ArrayList<>();
        Collection<JavaPackage> packages =
                MILLRACE.stream().map(JavaClass::getPackage).collect(Collectors.toSet());
        for (JavaPackage javaPackage : packages) {
            if (!javaPackage.isAnnotatedWith(NullMarked.class)) {
                unmarked.add(javaPackage.getName());
            }
        }

        assertThat(unmarked).isEmpty();
    }

    private static final Set<String> PURE_BANS = Set.of(
            "java.lang.Thread",
            "java.lang.ThreadLocal",
            "java.util.Timer",
            "java.util.Random",
            "java.util.SplittableRandom",
            "java.security.SecureRandom",
            "java.io.File",
            "java.io.FileInputStream",
            "java.io.FileOutputStream",
            "java.io.RandomAccessFile",
            "java.util.concurrent.",
            "java.util.random.",
            "java.nio.file.",
            "java.net.",
            "java.util.logging.",
            "org.slf4j.");

    /// The disk port answers with the JDK's own exceptions, such as NoSuchFileException.
    private static final DescribedPredicate<JavaClass> DISK_ANSWER = DescribedPredicate.describe(
            "exceptions of the disk port",
            type -> type.getPackageName().equals("java.nio.file")
                    && type.getSimpleName().endsWith("Exception"));

    /// It counts a field of an object, and is no state by itself.
    private static final DescribedPredicate<JavaClass> FIELD_UPDATER =
            DescribedPredicate.describe("field updater", type -> type.getName().endsWith("FieldUpdater"));

    private static final Set<String> STATE_TYPES = Set.of(
            "java.lang.ThreadLocal",
            "java.lang.StringBuilder",
            "java.util.ArrayList",
            "java.util.ArrayDeque",
            "java.util.HashMap",
            "java.util.HashSet",
            "java.util.LinkedHashMap",
            "java.util.TreeMap",
            "java.util.concurrent.");

    private static DescribedPredicate<JavaClass> inside(String... packages) {
        return DescribedPredicate.describe("inside " + String.join(", ", packages), type -> {
            String name = type.getPackageName() + ".";
            for (String each : packages) {
                if (name.startsWith("io.millrace." + each + ".")) {
                    return true;
                }
            }
            return false;
        });
    }

    /// Classes named in full, or by a package that ends with a dot.
    private static DescribedPredicate<JavaClass> banned(String what, Set<String> names) {
        return DescribedPredicate.describe(
                what,
                type -> names.contains(type.getName())
                        || names.stream()
                                .anyMatch(each ->
                                        each.endsWith(".") && type.getName().startsWith(each)));
    }

    private static DescribedPredicate<JavaAccess<?>> banned(String what) {
        Set<String> targets = Set.of(
                "java.lang.System.currentTimeMillis",
                "java.lang.System.nanoTime",
                "java.lang.System.getProperty",
                "java.lang.System.getenv",
                "java.lang.System.out",
                "java.lang.System.err",
                "java.lang.Math.random",
                "java.time.Instant.now",
                "java.time.LocalDate.now",
                "java.time.LocalDateTime.now",
                "java.time.ZonedDateTime.now",
                "java.time.Clock.systemUTC",
                "java.time.Clock.systemDefaultZone",
                "java.util.UUID.randomUUID",
                "org.apache.kafka.common.Uuid.randomUuid",
                "java.nio.channels.FileChannel.open");
        return DescribedPredicate.describe(what, access -> targets.contains(target(access)));
    }

    private static DescribedPredicate<JavaAccess<?>> startsThreads() {
        Set<String> targets = Set.of(
                "java.lang.Thread.<init>",
                "java.lang.Thread.ofPlatform",
                "java.lang.Thread.ofVirtual",
                "java.lang.Thread.startVirtualThread",
                "java.util.Timer.<init>");
        return DescribedPredicate.describe(
                "what starts threads",
                access -> targets.contains(target(access))
                        || target(access).startsWith("java.util.concurrent.Executors.new"));
    }

    private static String target(JavaAccess<?> access) {
        return access.getTargetOwner().getName() + "." + access.getTarget().getName();
    }
}
