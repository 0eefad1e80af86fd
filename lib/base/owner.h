// Whose the files are that a daemon leaves in its directories.
#pragma once

#include <filesystem>

namespace hawser {

// Gives a file that root has just made to whom the directory belongs: a daemon or a verb started by hand must
// not lock out the unit, which runs as hawser. Does nothing for anybody else. Only for a file that is surely
// new (O_EXCL): one that was there may be a link to something that is not ours to give away.
void give_to_owner_of(const std::filesystem::path& directory, int file);

}  // namespace hawser
