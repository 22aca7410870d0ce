package io.millrace.server.partition;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.MemoryDisk;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A disk in memory behind which a fault of ours can be put: calls that name a path then throw what no disk throws, or
/// wait for the test.
final class FaultyDisk {
    private final MemoryDisk memory;
    private final AtomicInteger probes = new AtomicInteger();
    private volatile String faultyCall = "";
    private volatile String faultyPath = "";
    private volatile String refusedCall = "";
    private volatile String refusedPath = "";
    private volatile String heldCall = "";
    private volatile String heldPath = "";
    private volatile CompletableFuture<Void> held = CompletableFuture.completedFuture(null);

    FaultyDisk(MemoryDisk memory) {
        this.memory = memory;
    }

    /// From now on `call` throws for every path that contains `pathPart`.
    void fault(String call, String pathPart) {
        faultyPath = pathPart;
        faultyCall = call;
    }

    /// From now on the disk refuses `call` for every path that contains `pathPart`.
    void refuse(String call, String pathPart) {
        refusedPath = pathPart;
        refusedCall = call;
    }

    void heal() {
        faultyCall = "";
        refusedCall = "";
    }

    /// From now on `call` waits, for every path that contains `pathPart`, until the answer is completed.
    CompletableFuture<Void> hold(String call, String pathPart) {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        heldPath = pathPart;
        heldCall = call;
        held = gate;
        return gate;
    }

    /// How often a log has asked whether the disk takes writes again.
    int probes() {
        return probes.get();
    }

    Disk disk() {
        return (Disk) Proxy.newProxyInstance(
                FaultyDisk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    String path = arguments == null ? "" : String.valueOf(arguments[0]);
                    if (method.getName().equals("create") && path.endsWith("space.probe")) {
                        probes.incrementAndGet();
                    }
                    if (method.getName().equals(faultyCall) && path.contains(faultyPath)) {
                        throw new IllegalStateException("a fault of ours at " + path);
                    }
                    if (method.getName().equals(refusedCall) && path.contains(refusedPath)) {
                        throw new IOException("bad sector at " + path);
                    }
                    if (method.getName().equals(heldCall) && path.contains(heldPath)) {
                        held.get(10, TimeUnit.SECONDS);
                    }
                    try {
                        return method.invoke(memory, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
