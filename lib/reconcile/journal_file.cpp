#include "lib/reconcile/journal_file.h"

#include <cerrno>

#include "lib/base/atomic_file.h"

namespace hawser {
namespace {

constexpr const char* kBootIdFile = "/proc/sys/kernel/random/boot_id";

std::string first_word(const std::string& text) {
  const auto from = text.find_first_not_of(" \t\r\n");
  if (from == std::string::npos) return {};
  return text.substr(from, text.find_first_of(" \t\r\n", from) - from);
}

std::filesystem::path journal_file(const cli::Arguments& arguments) {
  return arguments.state_dir / "netd.journal";
}

}  // namespace

std::string boot_id() {
  const auto text = read_file(kBootIdFile);
  return text ? first_word(*text) : "";
}

Result<Made> read_journal(const cli::Arguments& arguments) {
  const auto file = journal_file(arguments);
  const auto text = read_file(file);
  if (!text) {
    if (text.error().code == ENOENT) return Made{boot_id(), {}, {}};
    return tl::unexpected(text.error());
  }
  auto made = decode_journal(*text);
  if (!made) return fail("{}: {}", file.string(), made.error().text);
  return of_this_boot(std::move(*made), boot_id());
}

Holdings held_here(const cli::Arguments& arguments, Kernel& kernel) {
  const auto made = read_journal(arguments);
  const auto observed = kernel.observe(kNetworkOnly);
  if (!made || !observed) return {};
  JournalBook book(*made, {});
  book.saw(*observed);
  return holdings(book.names(), observed->state);
}

std::string journal_text(const cli::Arguments& arguments) {
  return read_file(journal_file(arguments)).value_or("");
}

Status write_journal(const cli::Arguments& arguments, const std::string& text) {
  return write_atomically(journal_file(arguments), text);
}

}  // namespace hawser
