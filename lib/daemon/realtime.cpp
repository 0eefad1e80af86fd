#include "lib/daemon/realtime.h"

#include <cerrno>
#include <cstdint>
#include <cstring>

#include <link.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

namespace hawser {
namespace {

// Linux 5.14; glibc 2.36 has it, older headers do not.
#ifndef MADV_POPULATE_READ
constexpr int kPopulateRead = 22;
#else
constexpr int kPopulateRead = MADV_POPULATE_READ;
#endif

void populate(std::uintptr_t begin, std::uintptr_t size) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto start = begin / page * page;
  // Not possible on old kernels: then the pages come when they are first used.
  auto* const first = reinterpret_cast<void*>(start);  // NOLINT(performance-no-int-to-ptr)
  ::madvise(first, begin + size - start, kPopulateRead);
}

// dl_iterate_phdr() shows the program itself first; a return value other than 0 ends it there.
int bring_in(dl_phdr_info* object, std::size_t /*size*/, void* /*data*/) {
  for (const ElfW(Phdr)* segment = object->dlpi_phdr; segment != object->dlpi_phdr + object->dlpi_phnum;
       ++segment)
    if (segment->p_type == PT_LOAD) populate(object->dlpi_addr + segment->p_vaddr, segment->p_memsz);
  return 1;
}

}  // namespace

Status use_realtime(int priority) {
  if (priority == 0 && (::sched_getscheduler(0) & ~SCHED_RESET_ON_FORK) == SCHED_OTHER) return {};
  const sched_param parameters{priority};
  // Reset-on-fork cannot be taken back without privilege, and does no harm.
  const int policy = priority == 0 ? SCHED_OTHER : SCHED_FIFO;
  if (::sched_setscheduler(0, policy | SCHED_RESET_ON_FORK, &parameters) == 0) return {};
  const int code = errno;
  if (code == EPERM)
    return fail_with(code, "real-time priority {}: {}: give the unit LimitRTPRIO={} or CAP_SYS_NICE",
                     priority, std::strerror(code), priority);
  return fail_with(code, "real-time priority {}: {}", priority, std::strerror(code));
}

Status lock_memory() {
  if (::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) {
    const int code = errno;
    return fail_with(code, "lock memory: {}: give the unit LimitMEMLOCK=infinity or CAP_IPC_LOCK",
                     std::strerror(code));
  }
  ::dl_iterate_phdr(bring_in, nullptr);
  return {};
}

Status unlock_memory() {
  if (::munlockall() == 0) return {};
  return fail_with(errno, "unlock memory: {}", std::strerror(errno));
}

}  // namespace hawser
