import { defineSearchAttributeKey } from '@temporalio/common';

/** What onboardings can be found by in Temporal. Not encrypted: references and codes only. */
export const searchAttributes = {
  programme: defineSearchAttributeKey('SlipwayProgramme', 'KEYWORD'),
  department: defineSearchAttributeKey('SlipwayDepartment', 'KEYWORD'),
  stage: defineSearchAttributeKey('SlipwayStage', 'KEYWORD'),
  status: defineSearchAttributeKey('SlipwayStatus', 'KEYWORD'),
  parkedStep: defineSearchAttributeKey('SlipwayParkedStep', 'KEYWORD'),
  errorCode: defineSearchAttributeKey('SlipwayErrorCode', 'KEYWORD'),
};
