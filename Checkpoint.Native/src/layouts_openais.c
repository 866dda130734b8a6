/* Holds <openais/saCkpt.h> to the binary interface of libSaCkpt.so.3: whoever changes a layout or a value does not get past here. */
#include <stddef.h>
#include <stdint.h>

#include <openais/saCkpt.h>

#include "constants.h"

_Static_assert(sizeof(SaNameT) == 258 && _Alignof(SaNameT) == 2, "SaNameT");
_Static_assert(offsetof(SaNameT, length) == 0 && sizeof(((SaNameT *)0)->length) == 2, "SaNameT.length");
_Static_assert(offsetof(SaNameT, value) == 2 && sizeof(((SaNameT *)0)->value) == 256, "SaNameT.value");
_Static_assert(sizeof(SaVersionT) == 3 && _Alignof(SaVersionT) == 1, "SaVersionT");
_Static_assert(offsetof(SaVersionT, releaseCode) == 0 && sizeof(((SaVersionT *)0)->releaseCode) == 1, "SaVersionT.releaseCode");
_Static_assert(offsetof(SaVersionT, majorVersion) == 1 && sizeof(((SaVersionT *)0)->majorVersion) == 1, "SaVersionT.majorVersion");
_Static_assert(offsetof(SaVersionT, minorVersion) == 2 && sizeof(((SaVersionT *)0)->minorVersion) == 1, "SaVersionT.minorVersion");
_Static_assert(sizeof(SaCkptHandleT) == 8 && _Alignof(SaCkptHandleT) == 8, "SaCkptHandleT");
_Static_assert(sizeof(SaCkptCheckpointHandleT) == 8 && _Alignof(SaCkptCheckpointHandleT) == 8, "SaCkptCheckpointHandleT");
_Static_assert(sizeof(SaCkptSectionIterationHandleT) == 8 && _Alignof(SaCkptSectionIterationHandleT) == 8, "SaCkptSectionIterationHandleT");
_Static_assert(sizeof(SaInvocationT) == 8 && _Alignof(SaInvocationT) == 8, "SaInvocationT");
_Static_assert(sizeof(SaSelectionObjectT) == 8 && _Alignof(SaSelectionObjectT) == 8, "SaSelectionObjectT");
_Static_assert(sizeof(SaSizeT) == 8 && _Alignof(SaSizeT) == 8, "SaSizeT");
_Static_assert(sizeof(SaOffsetT) == 8 && _Alignof(SaOffsetT) == 8, "SaOffsetT");
_Static_assert(sizeof(SaTimeT) == 8 && _Alignof(SaTimeT) == 8, "SaTimeT");
_Static_assert(sizeof(SaAisErrorT) == 4 && _Alignof(SaAisErrorT) == 4, "SaAisErrorT");
_Static_assert(sizeof(SaDispatchFlagsT) == 4 && _Alignof(SaDispatchFlagsT) == 4, "SaDispatchFlagsT");
_Static_assert((SaSizeT)-1 > 0 && (SaTimeT)-1 < 0, "sizes are unsigned, times signed");

_Static_assert(sizeof(SaCkptCheckpointCreationAttributesT) == 48 && _Alignof(SaCkptCheckpointCreationAttributesT) == 8, "SaCkptCheckpointCreationAttributesT");
_Static_assert(offsetof(SaCkptCheckpointCreationAttributesT, creationFlags) == 0 && sizeof(((SaCkptCheckpointCreationAttributesT *)0)->creationFlags) == 4, "SaCkptCheckpointCreationAttributesT.creationFlags");
_Static_assert(offsetof(SaCkptCheckpointCreationAttributesT, checkpointSize) == 8 && sizeof(((SaCkptCheckpointCreationAttributesT *)0)->checkpointSize) == 8, "SaCkptCheckpointCreationAttributesT.checkpointSize");
_Static_assert(offsetof(SaCkptCheckpointCreationAttributesT, retentionDuration) == 16 && sizeof(((SaCkptCheckpointCreationAttributesT *)0)->retentionDuration) == 8, "SaCkptCheckpointCreationAttributesT.retentionDuration");
_Static_assert(offsetof(SaCkptCheckpointCreationAttributesT, maxSections) == 24 && sizeof(((SaCkptCheckpointCreationAttributesT *)0)->maxSections) == 4, "SaCkptCheckpointCreationAttributesT.maxSections");
_Static_assert(offsetof(SaCkptCheckpointCreationAttributesT, maxSectionSize) == 32 && sizeof(((SaCkptCheckpointCreationAttributesT *)0)->maxSectionSize) == 8, "SaCkptCheckpointCreationAttributesT.maxSectionSize");
_Static_assert(offsetof(SaCkptCheckpointCreationAttributesT, maxSectionIdSize) == 40 && sizeof(((SaCkptCheckpointCreationAttributesT *)0)->maxSectionIdSize) == 8, "SaCkptCheckpointCreationAttributesT.maxSectionIdSize");
_Static_assert(sizeof(SaCkptSectionIdT) == 16 && _Alignof(SaCkptSectionIdT) == 8, "SaCkptSectionIdT");
_Static_assert(offsetof(SaCkptSectionIdT, idLen) == 0 && sizeof(((SaCkptSectionIdT *)0)->idLen) == 2, "SaCkptSectionIdT.idLen");
_Static_assert(offsetof(SaCkptSectionIdT, id) == 8 && sizeof(((SaCkptSectionIdT *)0)->id) == 8, "SaCkptSectionIdT.id");
_Static_assert(sizeof(SaCkptSectionCreationAttributesT) == 16 && _Alignof(SaCkptSectionCreationAttributesT) == 8, "SaCkptSectionCreationAttributesT");
_Static_assert(offsetof(SaCkptSectionCreationAttributesT, sectionId) == 0 && sizeof(((SaCkptSectionCreationAttributesT *)0)->sectionId) == 8, "SaCkptSectionCreationAttributesT.sectionId");
_Static_assert(offsetof(SaCkptSectionCreationAttributesT, expirationTime) == 8 && sizeof(((SaCkptSectionCreationAttributesT *)0)->expirationTime) == 8, "SaCkptSectionCreationAttributesT.expirationTime");
_Static_assert(sizeof(SaCkptSectionDescriptorT) == 48 && _Alignof(SaCkptSectionDescriptorT) == 8, "SaCkptSectionDescriptorT");
_Static_assert(offsetof(SaCkptSectionDescriptorT, sectionId) == 0 && sizeof(((SaCkptSectionDescriptorT *)0)->sectionId) == 16, "SaCkptSectionDescriptorT.sectionId");
_Static_assert(offsetof(SaCkptSectionDescriptorT, expirationTime) == 16 && sizeof(((SaCkptSectionDescriptorT *)0)->expirationTime) == 8, "SaCkptSectionDescriptorT.expirationTime");
_Static_assert(offsetof(SaCkptSectionDescriptorT, sectionSize) == 24 && sizeof(((SaCkptSectionDescriptorT *)0)->sectionSize) == 8, "SaCkptSectionDescriptorT.sectionSize");
_Static_assert(offsetof(SaCkptSectionDescriptorT, sectionState) == 32 && sizeof(((SaCkptSectionDescriptorT *)0)->sectionState) == 4, "SaCkptSectionDescriptorT.sectionState");
_Static_assert(offsetof(SaCkptSectionDescriptorT, lastUpdate) == 40 && sizeof(((SaCkptSectionDescriptorT *)0)->lastUpdate) == 8, "SaCkptSectionDescriptorT.lastUpdate");
_Static_assert(sizeof(SaCkptIOVectorElementT) == 48 && _Alignof(SaCkptIOVectorElementT) == 8, "SaCkptIOVectorElementT");
_Static_assert(offsetof(SaCkptIOVectorElementT, sectionId) == 0 && sizeof(((SaCkptIOVectorElementT *)0)->sectionId) == 16, "SaCkptIOVectorElementT.sectionId");
_Static_assert(offsetof(SaCkptIOVectorElementT, dataBuffer) == 16 && sizeof(((SaCkptIOVectorElementT *)0)->dataBuffer) == 8, "SaCkptIOVectorElementT.dataBuffer");
_Static_assert(offsetof(SaCkptIOVectorElementT, dataSize) == 24 && sizeof(((SaCkptIOVectorElementT *)0)->dataSize) == 8, "SaCkptIOVectorElementT.dataSize");
_Static_assert(offsetof(SaCkptIOVectorElementT, dataOffset) == 32 && sizeof(((SaCkptIOVectorElementT *)0)->dataOffset) == 8, "SaCkptIOVectorElementT.dataOffset");
_Static_assert(offsetof(SaCkptIOVectorElementT, readSize) == 40 && sizeof(((SaCkptIOVectorElementT *)0)->readSize) == 8, "SaCkptIOVectorElementT.readSize");
_Static_assert(sizeof(SaCkptCheckpointDescriptorT) == 56 && _Alignof(SaCkptCheckpointDescriptorT) == 8, "SaCkptCheckpointDescriptorT");
_Static_assert(offsetof(SaCkptCheckpointDescriptorT, checkpointCreationAttributes) == 0 && sizeof(((SaCkptCheckpointDescriptorT *)0)->checkpointCreationAttributes) == 48, "SaCkptCheckpointDescriptorT.checkpointCreationAttributes");
_Static_assert(offsetof(SaCkptCheckpointDescriptorT, numberOfSections) == 48 && sizeof(((SaCkptCheckpointDescriptorT *)0)->numberOfSections) == 4, "SaCkptCheckpointDescriptorT.numberOfSections");
_Static_assert(offsetof(SaCkptCheckpointDescriptorT, memoryUsed) == 52 && sizeof(((SaCkptCheckpointDescriptorT *)0)->memoryUsed) == 4, "SaCkptCheckpointDescriptorT.memoryUsed");
_Static_assert(sizeof(SaCkptCallbacksT) == 16 && _Alignof(SaCkptCallbacksT) == 8, "SaCkptCallbacksT");
_Static_assert(offsetof(SaCkptCallbacksT, saCkptCheckpointOpenCallback) == 0 && sizeof(((SaCkptCallbacksT *)0)->saCkptCheckpointOpenCallback) == 8, "SaCkptCallbacksT.saCkptCheckpointOpenCallback");
_Static_assert(offsetof(SaCkptCallbacksT, saCkptCheckpointSynchronizeCallback) == 8 && sizeof(((SaCkptCallbacksT *)0)->saCkptCheckpointSynchronizeCallback) == 8, "SaCkptCallbacksT.saCkptCheckpointSynchronizeCallback");

HAS_VALUE(SA_AIS_ERR_SECURITY, 100);
